/**
 * Waits for `work`, at most `ms` of real time (containment does not follow a test's clock);
 * then answers `late()`, or throws what it throws.
 */
export function within<T, L>(work: Promise<T>, ms: number, late: () => L): Promise<T | L> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(new Promise((answer) => { answer(late()) })), ms)
    void Promise.resolve(work).then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
