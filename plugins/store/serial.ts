/** Runs tasks of one key one after the other. A failed task does not stop those behind it. */
export function createSerial(): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return <T>(key: string, task: () => Promise<T>): Promise<T> => {
    const before = last.get(key)
    const mine = before ? before.then(task, task) : task()
    last.set(key, mine)
    const forget = (): void => { if (last.get(key) === mine) last.delete(key) }
    mine.then(forget, forget)
    return mine
  }
}
