/** What a request says, read in one place: who asks, what may be put together, who is told. */
import type { Cause } from 'nexus-gateway/sdk'
import type { Accepted } from '../sessions/contract.ts'
import type { AnswerRequest, KnownRun, RunEvent, RunRequest } from './contract.ts'
import { silentTokens } from './silent.ts'

export const known = ({ runId, sessionKey, state }: Accepted, agentId: string): KnownRun =>
  ({ runId, agentId, sessionKey, state: state === 'ended' ? 'ended' : 'in_flight' })

/** A cause may be a whole call; what is kept of it is who and why, and that the agent is part of it now. */
export const causeOf = ({ caller, trace, path }: Cause): Cause => ({ caller, trace, path: [...new Set([...path, 'agent'])] })

/** Whether it is an answer that only the caller's tools may go into, and which texts say nothing. */
export const asked = (request: RunRequest | AnswerRequest): { clientTools: AnswerRequest['clientTools']; silent: readonly string[] } => ('sessionKey' in request
  ? { clientTools: undefined, silent: request.silent ?? [silentTokens.reply] }
  : { clientTools: request.clientTools, silent: request.silent ?? [] })

export const isLike = (a: RunRequest | AnswerRequest, b: RunRequest): boolean => {
  const [one, other] = [a.cause.caller, b.cause.caller]
  const plain = [b.model, b.thinking, b.instructions, b.place, a.place, b.sampling, b.toolChoice, b.responseFormat, a.responseFormat, b.silent, a.silent].every((wish) => wish === undefined)
  return plain && one.id === other.id && one.label === other.label && one.role === other.role && one.scopes.size === other.scopes.size && [...one.scopes].every((scope) => other.scopes.has(scope))
}

/** An observer is somebody else's code: what it throws is not the run's failure, and it is not asked again. */
export function guarded({ onEvent }: { readonly onEvent?: (event: RunEvent) => void }, report: (error: unknown) => void): (event: RunEvent) => void {
  let broken = onEvent === undefined
  return (event) => {
    if (broken) return
    try {
      onEvent?.(event)
    } catch (error) {
      broken = true
      report(error)
    }
  }
}

export function follow(signal: AbortSignal | undefined, stop: () => void): () => void {
  if (!signal) return () => {}
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  return () => signal.removeEventListener('abort', stop)
}
