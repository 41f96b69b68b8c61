/** What bounds one attempt from outside: how much it may answer, and an end before its own. */
import type { NexusError } from 'nexus-gateway/sdk'
import type { AttemptControl } from './attempt.ts'

export interface Bounds {
  /** Tokens an answer may have; `undefined`: as many as the request says. */
  readonly maxOutputTokens: number | undefined
  /** Aborts with the request's signal, or when a tap stops the attempt. */
  readonly signal: AbortSignal
}
export interface Control {
  readonly control: AttemptControl
  bounds(): Bounds
  /** Why a tap has stopped it. */
  stopped(): NexusError | undefined
  /** Lets go of the request's signal. */
  end(): void
}

export function createControl(request: AbortSignal): Control {
  const abort = new AbortController()
  const follow = (): void => abort.abort(request.reason)
  let limit: number | undefined
  let reason: NexusError | undefined
  let open = true
  if (request.aborted) follow()
  else request.addEventListener('abort', follow, { once: true })
  return {
    control: {
      limitOutput: (tokens) => { limit = Math.max(1, Math.floor(Math.min(limit ?? Infinity, tokens))) },
      stop(error) {
        if (!open || abort.signal.aborted) return
        reason = error
        abort.abort(error)
      },
    },
    bounds: () => ({ maxOutputTokens: limit, signal: abort.signal }),
    stopped: () => reason,
    end() {
      open = false
      request.removeEventListener('abort', follow)
    },
  }
}
