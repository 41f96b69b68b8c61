/** What a run says, as `chat` events: for protocol 4, and, where theirs differ, for clients of protocol 3. */
import type { InferInput } from 'valibot'
import type { RunOutcome, RunPiece } from '../agent/contract.ts'
import { failureOf, usageOf } from '../models/contract.ts'
import type { ChatEvent } from './contract.ts'

export type ChatPayload = InferInput<typeof ChatEvent>
type ErrorKind = Extract<ChatPayload, { state: 'error' }>['errorKind']

export interface Named { readonly runId: string; readonly sessionKey: string; readonly agentId: string }

const messageOf = (text: string, timestamp: number) => ({ role: 'assistant' as const, content: [{ type: 'text' as const, text }], timestamp })

/** What the gateway itself says in a session, whole and at once. */
export interface Said extends Named { readonly text: string; readonly at: number }

export function saidOf({ runId, sessionKey, agentId, text, at }: Said): ChatPayload {
  return { runId, sessionKey, agentId, seq: 1, state: 'final', message: messageOf(text, at), usage: usageOf({}), stopReason: 'stop' }
}

export function failedOf({ runId, sessionKey, agentId }: Named, reason: string): ChatPayload {
  return { runId, sessionKey, agentId, seq: 1, state: 'error', errorKind: 'unknown', errorMessage: reason, usage: usageOf({}), stopReason: 'error' }
}

export function deltaOf({ runId, sessionKey, agentId }: Named, { seq, delta }: RunPiece): ChatPayload {
  return { runId, sessionKey, agentId, seq, state: 'delta', deltaText: delta }
}

/** Protocol 3 has no `deltaText`: every delta is the whole text so far. */
export function deltaV3({ runId, sessionKey }: Named, { seq, text, at }: RunPiece): unknown {
  return { runId, sessionKey, seq, state: 'delta', message: messageOf(text, at) }
}

/** The last event of a run, after its deltas. Without a word said there is no message. */
export function endOf({ runId, sessionKey, agentId }: Named, outcome: RunOutcome): ChatPayload {
  const { text, usage, stopReason, error, pieces, endedAt } = outcome
  const common = { runId, sessionKey, agentId, seq: pieces + 1, ...(text === '' ? {} : { message: messageOf(text, endedAt) }) }
  switch (outcome.status) {
    case 'ok': return { ...common, state: 'final', usage, stopReason, ...(outcome.joined !== undefined && { joined: outcome.joined }) }
    case 'aborted': return { ...common, state: 'aborted', stopReason }
    case 'interrupted': return { ...common, state: 'aborted', stopReason: 'interrupted', errorMessage: messageText(outcome) }
    case 'timeout': return { ...common, state: 'error', errorKind: 'timeout', errorMessage: messageText(outcome), usage, stopReason: 'timeout' }
    case 'error': return { ...common, state: 'error', errorKind: kindOf(error), errorMessage: messageText(outcome), usage, stopReason: 'error' }
  }
}

/** Protocol 3 knows neither the agent nor kinds of errors. */
export function endV3({ runId, sessionKey }: Named, end: ChatPayload): unknown {
  const { agentId: _, ...rest } = end
  if (rest.state === 'final') {
    const { joined: __, ...known } = rest
    return known
  }
  if (rest.state !== 'error') return { ...rest, runId, sessionKey }
  const { errorKind: __, ...known } = rest
  return known
}

const messageText = ({ error }: RunOutcome): string => error?.message ?? 'the run failed'

function kindOf(error: unknown): ErrorKind {
  const kind = failureOf(error)?.kind
  return kind === 'refusal' || kind === 'timeout' || kind === 'rate_limit' || kind === 'context_length' ? kind : 'unknown'
}
