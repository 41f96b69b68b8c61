/**
 * Runs `work` under a signal that aborts as soon as one of `signals` does, and lets go of them when it is done.
 * `AbortSignal.any` would leave a trace on a long-lived signal for every call.
 */
export async function underSignals<T>(signals: readonly AbortSignal[], work: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  const abort = new AbortController()
  const listeners = signals.map((signal) => ({ signal, stop: () => abort.abort(signal.reason) }))
  for (const { signal, stop } of listeners) {
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  }
  try {
    return await work(abort.signal)
  } finally {
    for (const { signal, stop } of listeners) signal.removeEventListener('abort', stop)
  }
}
