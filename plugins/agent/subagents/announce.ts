/** Tells a session that a sub-agent of it is done. What the sub-agent said stands in the wrapper for what comes from outside. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Clock } from 'nexus-gateway/sdk'
import { newBoundary, wrapExternal } from '../../external-content/contract.ts'
import type { SessionsApi } from '../../sessions/contract.ts'
import type { RunOutcome } from '../contract.ts'
import type { Runs } from '../runs.ts'
import { childOf, childSetting, openChildren } from './child.ts'
import type { Child } from './child.ts'

const maxChars = 20_000
/** When the session takes no more messages just now. */
const waits = [0, 1_000, 5_000, 30_000]

export const subagentNotice = 'You are a sub-agent: another run has given you one task. Do that task and nothing else, and start nothing that outlives it. Your answer is told to that run when you are done, and nobody reads anything else: make it complete and short.'

export interface Announcing {
  readonly sessions: SessionsApi
  readonly runs: Pick<Runs, 'caused' | 'find'>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Makes a drain wait for it; it never rejects. */
  hold(work: Promise<unknown>): void
  problem(what: string, error: unknown): void
}
export interface Told { readonly key: string; readonly parentKey: string; readonly child: Child; readonly hops: number; readonly turns: number }

/** Never rejects. A session that was reset or removed meanwhile is told nothing. One cut off is told of by the next start. */
export async function announce(parts: Announcing, told: Told, outcome: RunOutcome): Promise<void> {
  try {
    if (outcome.status === 'interrupted') return
    const parent = await parts.sessions.find(told.parentKey)
    if (parent?.id === told.child.parentId) await deliver(parts, told, outcome)
    await close(parts, told, 'ended')
  } catch (error) {
    parts.problem('the end of a sub-agent could not be told', error)
  }
}

async function deliver(parts: Announcing, told: Told, outcome: RunOutcome): Promise<void> {
  const text = announcement(told, outcome)
  // Whoever stopped it wants no answer to that, and one that had nothing to say asks for none.
  if (outcome.status === 'aborted' || outcome.silent) return note(parts.sessions, told.parentKey, text)
  for (const wait of waits) {
    if (wait > 0 && !await pause(parts, wait)) return
    try {
      const run = await parts.runs.caused({
        sessionKey: told.parentKey, message: [{ type: 'text', text }], cause: outcome.cause,
        idempotencyKey: `announce-${told.child.runId}`, queueMode: 'collect',
      }, { hops: told.hops + 1, turns: told.turns })
      if (run.state === 'started') parts.hold(run.done.then((answer) => passOn(parts, told, answer)))
      return
    } catch (error) {
      if (!(error instanceof NexusError && error.code === 'NEXUS_AGENT_BUSY')) throw error
    }
  }
  await note(parts.sessions, told.parentKey, text)
}

/** Where the session is a sub-agent's too, what it makes of the news is news for the session above it. */
async function passOn(parts: Announcing, { parentKey: key, hops, turns }: Told, answer: RunOutcome): Promise<void> {
  const settings = await parts.sessions.settings(key).catch(() => undefined)
  const child = childOf(settings)
  if (child && settings?.spawnedBy !== undefined) await announce(parts, { key, parentKey: settings.spawnedBy, child: { ...child, runId: answer.runId }, hops: hops + 1, turns }, answer)
}

/** In the transcript, for the next time that the model is asked. */
export async function note(sessions: SessionsApi, key: string, text: string): Promise<void> {
  await sessions.append(key, [{ type: 'custom_message', customType: 'agent.subagent', content: text, display: true }])
}

export async function close({ sessions, runs }: Pick<Announcing, 'sessions' | 'runs'>, { key, child }: Pick<Told, 'key' | 'child'>, state: Child['state']): Promise<void> {
  await sessions.patch(key, { extra: { [childSetting]: { ...child, state } } })
  if (child.cleanup === 'delete' && state === 'ended' && await openChildren(sessions, runs, key) === 0) await sessions.remove(key).catch(() => { /* somebody else uses it by now */ })
}

const words = { ok: 'is done', error: 'has failed', timeout: 'has run out of time', aborted: 'was stopped', interrupted: 'was cut off' } as const

function announcement({ key, child }: Told, { status, text, startedAt, endedAt, usage, model, provider, error }: RunOutcome): string {
  const stats = `Took ${((endedAt - startedAt) / 1000).toFixed(1)} s, ${usage.totalTokens} tokens${model === undefined ? '' : ` (${provider}/${model})`}. Its session is ${key}.`
  const said = text.length <= maxChars ? text : `${text.slice(0, maxChars)}\n[… ${text.length - maxChars} characters left out; the rest stands in its session …]`
  const result = [said.trim(), error ? `It ended with: ${error.message}` : ''].filter(Boolean).join('\n\n') || '(it said nothing)'
  return [
    `[A sub-agent that you started ${words[status]}. ${stats}]`,
    wrapExternal(result, { source: 'tool', title: `sub-agent · ${child.title}` }, newBoundary()),
    'Go on with what it was for. If nothing is left to do or to say, answer NO_REPLY.',
  ].join('\n\n')
}

function pause({ clock, signal }: Announcing, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (): void => {
      clock.clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve(!signal.aborted)
    }
    const timer = clock.setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
