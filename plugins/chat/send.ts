/** Takes a message in: durable first, then answered for, then run. */
import type { Call } from 'nexus-gateway/sdk'
import type { AgentApi, Run } from '../agent/contract.ts'
import type { SessionsApi } from '../sessions/contract.ts'
import { failChat } from './errors.ts'
import type { Send } from './params.ts'
import { refuseSend } from './refuse.ts'
import { checkId, keyOf } from './session.ts'

const longestMs = 86_400_000

export interface SendParts {
  readonly agent: AgentApi
  readonly sessions: SessionsApi
  /** Aborts when the plugin closes. */
  readonly closing: AbortSignal
}

const statuses = { started: 'started', in_flight: 'in_flight', ended: 'ok' } as const

export async function send({ agent, sessions, closing }: SendParts, params: Send, call: Call): Promise<{ runId: string; status: (typeof statuses)[Run['state']] }> {
  refuseSend(params)
  if (params.message.trim() === '') throw failChat('NEXUS_CHAT_EMPTY')
  const sessionKey = keyOf(sessions, params, call.caller)
  await checkId(sessions, sessionKey, params.sessionId)
  if (params.queueMode === 'interrupt') agent.abort(sessionKey)
  const { idempotencyKey, message, timeoutMs } = params
  const run = await agent.run({
    sessionKey, idempotencyKey, runId: idempotencyKey, cause: call,
    message: [{ type: 'text', text: message }],
    // As in the reference, 0 asks for no limit; there is one all the same.
    ...(timeoutMs === undefined ? {} : { timeoutMs: timeoutMs || longestMs }),
    waitUntil: (work) => call.waitUntil(untilAborted(work, closing)),
  })
  return { runId: run.runId, status: statuses[run.state] }
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
