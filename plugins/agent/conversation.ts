/** What a run reads from and writes to: a session's transcript, or messages that the caller keeps. */
import type { ModelMessage } from '../models/contract.ts'
import type { NewMessage, RunOutcome, SessionsApi } from '../sessions/contract.ts'
import { contextOf } from './context.ts'

/** Entries looked at for a prompt: a bound on what is read, far more than fits a model. */
const maxEntries = 1000

export interface Conversation {
  /** The run begins. */
  begin(): Promise<void>
  /** What the model is to see, in at most `maxChars` characters of JSON. */
  messages(maxChars: number): Promise<readonly ModelMessage[]>
  append(messages: readonly NewMessage[]): Promise<void>
  /** The run is over; `last` is written together with that. */
  end(outcome: RunOutcome, last: readonly NewMessage[]): Promise<void>
}

/** Every step resolves when it is on disk. The run must have been accepted. */
export function sessionConversation(sessions: SessionsApi, sessionKey: string, runId: string): Conversation {
  return {
    async begin() { await sessions.startRun(runId) },
    async messages(maxChars) { return contextOf(await sessions.entries(sessionKey, { limit: maxEntries }), maxChars) },
    async append(messages) { await sessions.append(sessionKey, messages.map(entryOf)) },
    async end(outcome, last) { await sessions.endRun(runId, outcome, last.map(entryOf)) },
  }
}

/** The caller knows what fits; nothing is cut and nothing is kept. */
export function heldConversation(held: readonly ModelMessage[]): Conversation {
  return {
    async begin() {},
    async messages() { return held },
    async append() {},
    async end() {},
  }
}

const entryOf = (message: NewMessage): { type: 'message'; message: NewMessage } => ({ type: 'message', message })
