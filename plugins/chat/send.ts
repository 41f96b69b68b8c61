/** Takes a message in: durable first, then answered for, then run. */
import { NexusError, type Call } from 'nexus-gateway/sdk'
import { isStopWord } from '../agent/contract.ts'
import type { Run } from '../agent/contract.ts'
import type { Accepted, SessionsApi } from '../sessions/contract.ts'
import { partsOf } from './attachments.ts'
import { commandOf, isBeginning, isLong, perform } from './commands.ts'
import type { Command, CommandParts } from './commands.ts'
import type { AttachmentLimits } from './config.ts'
import { failChat } from './errors.ts'
import type { Send } from './params.ts'
import { failedOf, saidOf } from './payload.ts'
import type { ChatPayload } from './payload.ts'
import { refuseSend } from './refuse.ts'
import { checkId, keyOf } from './session.ts'
import { levelOf } from './thinking.ts'

const longestMs = 86_400_000
/** Whoever has it is told what tools do in the runs that he begins or asks for. */
const toolCap = 'tool-events'

export interface SendParts extends CommandParts {
  readonly sessions: SessionsApi
  readonly limits: AttachmentLimits
  readonly now: () => number
  tell(payload: ChatPayload): void
  /** Aborts when the plugin closes. */
  readonly closing: AbortSignal
}

const statuses = { started: 'started', in_flight: 'in_flight', ended: 'ok' } as const
interface Sent { runId: string; status: (typeof statuses)[Run['state']] }
export interface Stopped { ok: true; aborted: boolean; runIds: string[] }

export async function send(parts: SendParts, params: Send, call: Call): Promise<Sent | Stopped> {
  const { agent, sessions } = parts
  refuseSend(params)
  const message = params.message.trim()
  if (message === '' && params.attachments.length === 0) throw failChat('NEXUS_CHAT_EMPTY')
  const sessionKey = keyOf(sessions, params, call.caller)
  await checkId(sessions, sessionKey, params.sessionId)
  if (params.suppressCommandInterpretation !== true && params.attachments.length === 0) {
    if (isStopWord(message)) return stop(agent.abort(sessionKey))
    const command = commandOf(message)
    if (command) return obey(parts, command, params, sessionKey, call)
  }
  return talk(parts, params, params.message, sessionKey, call)
}

export const stop = (runIds: readonly string[]): Stopped => ({ ok: true, aborted: runIds.length > 0, runIds: [...runIds] })

async function talk({ agent, limits, closing }: SendParts, params: Send, message: string, sessionKey: string, call: Call): Promise<Sent> {
  const { idempotencyKey, timeoutMs, queueMode, thinking, attachments } = params
  const level = thinking === undefined ? undefined : levelOf(thinking)
  const connectionId = call.connection?.id
  const watcher = call.connection?.caps.includes(toolCap) ? connectionId : undefined
  const run = await agent.run({
    sessionKey, idempotencyKey, runId: idempotencyKey, cause: call,
    message: [...(message.trim() === '' ? [] : [{ type: 'text' as const, text: message }]), ...partsOf(attachments, limits)],
    // As in the reference, 0 asks for no limit; there is one all the same.
    ...(timeoutMs !== undefined && { timeoutMs: timeoutMs || longestMs }),
    ...(queueMode !== undefined && { queueMode }),
    ...(level !== undefined && { thinking: level }),
    ...(connectionId !== undefined && { connectionId }),
    ...(watcher !== undefined && { toolEventsTo: [watcher] }),
    waitUntil: (work) => call.waitUntil(untilAborted(work, closing)),
  })
  if (run.state === 'in_flight' && watcher !== undefined) agent.watch(run.runId, watcher)
  return { runId: run.runId, status: statuses[run.state] }
}

// ── Commands ────────────────────────────────────────────────────────────────────────────────────

/** What is refused is refused to the caller and takes no key; what is answered has happened, and the key is on disk. */
async function obey(parts: SendParts, command: Command, params: Send, sessionKey: string, call: Call): Promise<Sent> {
  const { sessions, closing } = parts
  const before = await sessions.recall(sessionKey, params.idempotencyKey)
  if (before) return known(before)
  if (isLong(command)) {
    const accepted = await accept(parts, params, sessionKey, call)
    if (accepted.known) return known(accepted)
    call.waitUntil(untilAborted(performLate(parts, command, params, sessionKey, call), closing))
    return { runId: params.idempotencyKey, status: 'started' }
  }
  const text = await anyway(parts, sessionKey, () => perform(parts, command, sessionKey, call))
  if (isBeginning(command) && command.rest !== '') return talk(parts, params, command.rest, sessionKey, call)
  const accepted = await accept(parts, params, sessionKey, call)
  // The same key came twice at once: the other one tells.
  if (accepted.known) return known(accepted)
  await sessions.endRun(params.idempotencyKey, { status: 'ok' })
  parts.tell(saidOf({ ...named(params, sessionKey), text, at: parts.now() }))
  return { runId: params.idempotencyKey, status: 'started' }
}

const known = ({ runId, state }: Accepted): Sent => ({ runId, status: state === 'ended' ? 'ok' : 'in_flight' })

/** Whoever begins anew does not want what is under way; he is refused for other reasons before it is stopped. */
async function anyway<T>({ agent }: SendParts, sessionKey: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof NexusError) || error.code !== 'NEXUS_SESSIONS_ACTIVE') throw error
    await Promise.all(agent.abort(sessionKey).map((runId) => agent.find(runId)))
    return work()
  }
}

const accept = ({ sessions }: SendParts, { idempotencyKey }: Send, sessionKey: string, cause: Call) => sessions.accept(sessionKey, { runId: idempotencyKey, idempotencyKey, cause })
const named = ({ idempotencyKey }: Send, sessionKey: string) => ({ runId: idempotencyKey, sessionKey, agentId: sessionKey.split(':')[1] ?? '' })

/** Never rejects. */
async function performLate(parts: SendParts, command: Command, params: Send, sessionKey: string, call: Call): Promise<void> {
  const name = named(params, sessionKey)
  const [text, error] = await perform(parts, command, sessionKey, call).then((said) => [said, undefined] as const, (thrown: unknown) => [undefined, thrown] as const)
  const reason = error instanceof NexusError ? error.message : 'the command failed'
  await parts.sessions.endRun(name.runId, text === undefined ? { status: 'error', error: reason } : { status: 'ok' }).catch(() => {})
  parts.tell(text === undefined ? failedOf(name, reason) : saidOf({ ...name, text, at: parts.now() }))
}

/** A drain waits for the run; when its time is up it no longer does, for the run is the agent's to end. */
function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
    void work.then(done)
  })
}
