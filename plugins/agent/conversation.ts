/** What a run reads from and writes to: a session's transcript, or messages that the caller keeps. */
import type { ModelMessage } from '../models/contract.ts'
import { runMarker } from '../sessions/contract.ts'
import type { Message, NewCompaction, NewMessage, RunMarker, RunOutcome, SessionsApi, SessionSettings, StoredEntry, UserMessage } from '../sessions/contract.ts'
import { contextOf, usable } from './context.ts'
import type { Pruning } from './profiles.ts'
import { pruned } from './prune.ts'
import { shownResult } from './shown.ts'
import type { Wrap } from './shown.ts'

/** Entries looked at for a prompt: a bound on what is read, far more than fits a model. */
const maxEntries = 1000

export interface Conversation {
  settings(): Promise<SessionSettings>
  /** The run begins; its message as the model sees it, once that is on disk. */
  begin(): Promise<readonly ModelMessage[]>
  /** What `begin` has still to write, and rejects with if it cannot be written: before that is on disk nothing is sent to a model. */
  readonly beginning: Promise<unknown> | undefined
  /** All that the model may see, with the message of the run also while that is being written. */
  messages(): Promise<readonly ModelMessage[]>
  /** What the model sees of them. */
  append(messages: readonly NewMessage[]): Promise<readonly ModelMessage[]>
  /** The run is over; `last` is written together with that. */
  end(outcome: RunOutcome, last: readonly NewMessage[]): Promise<void>
  /** None where there is no transcript. */
  readonly compaction?: {
    entries(): Promise<readonly StoredEntry[]>
    write(compaction: NewCompaction): Promise<void>
  }
}

export interface Showing { readonly wrap: Wrap; readonly pruning: Pruning; now(): number }

/** What was accepted as a run. `hooked`: its message comes from a hook. */
export interface AcceptedRun { readonly sessionKey: string; readonly runId: string; readonly content: UserMessage['content']; readonly hooked: boolean }

/** Every step resolves when it is on disk. */
export function sessionConversation(sessions: SessionsApi, { sessionKey, runId, content, hooked }: AcceptedRun, { wrap, pruning, now }: Showing): Conversation {
  let beginning: Promise<readonly ModelMessage[]> | undefined
  const entries = (): Promise<StoredEntry[]> => sessions.entries(sessionKey, { limit: maxEntries })
  const isStart = (entry: StoredEntry): boolean => entry.type === 'custom' && entry.customType === runMarker && (entry.data as RunMarker).runId === runId
  return {
    settings: () => sessions.settings(sessionKey),
    begin() {
      return (beginning = sessions.startRun(runId).then((entry) => {
        beginning = undefined
        return entry ? usable(entry.message, entry.id, wrap, hooked) : []
      }))
    },
    get beginning() { return beginning },
    async messages() {
      if (hooked) await beginning // what wraps it is made of the place it gets
      const written = beginning === undefined
      const found = await entries()
      const context = contextOf(pruned(found, pruning, now()), wrap)
      return written || found.some(isStart) ? context : [...context, { role: 'user', content }]
    },
    async append(messages) {
      await beginning
      const written = await sessions.append(sessionKey, messages.map(entryOf))
      return written.flatMap((entry) => (entry.type === 'message' ? shown(entry.message, entry.id, wrap) : []))
    },
    async end(outcome, last) { await sessions.endRun(runId, outcome, last.map(entryOf)) },
    compaction: {
      async entries() {
        await beginning
        return entries()
      },
      async write(compaction) { await sessions.compact(sessionKey, compaction) },
    },
  }
}

/** The caller knows what fits and answers for what it brings: nothing of that is cut, kept or wrapped; what tools say in the run is wrapped. */
export function heldConversation(held: readonly ModelMessage[], runId: string, wrap: Wrap): Conversation {
  const show = (message: ModelMessage): ModelMessage => (message.role === 'toolResult' ? shownResult(message, `${runId} ${message.toolCallId}`, wrap) : message)
  return {
    async settings() { return {} },
    async begin() { return [] },
    beginning: undefined,
    async messages() { return held },
    async append(messages) { return messages.map((message) => show(message as ModelMessage)) },
    async end() {},
  }
}

/** Within its run an answer stays as the model gave it. */
const shown = (message: Message, id: string, wrap: Wrap): ModelMessage[] => (message.role === 'assistant' ? [{ role: 'assistant', content: message.content }] : usable(message, id, wrap))

const entryOf = (message: NewMessage): { type: 'message'; message: NewMessage } => ({ type: 'message', message })
