/** Sessions on a store in a directory of their own, with a clock that stands still until it is moved. */
import { onTestFinished } from 'vitest'
import type { Cause, Label } from 'nexus-gateway/sdk'
import type { NewEntry, SessionEntry, StoredMessage } from '../../plugins/sessions/contract.ts'
import { markerOf } from '../../plugins/sessions/entries.ts'
import { openSessions, type OpenSessions, type SessionsOptions } from '../../plugins/sessions/sessions.ts'
import type { Fs } from '../../plugins/store/files.ts'
import type { OpenStore } from '../../plugins/store/store.ts'
import { silent, storeOn, temporaryDir } from './store-harness.ts'

export interface Started { readonly sessions: OpenSessions; readonly store: OpenStore }

export interface SessionsUnderTest extends Started {
  readonly dir: string
  time: number
  /** Stops as a gateway does, and starts again. */
  restart(options?: StartOptions): Promise<Started>
  /** Starts again without having stopped. */
  crash(options?: StartOptions): Promise<Started>
}
export interface StartOptions extends Pick<SessionsOptions, 'limits' | 'due' | 'changed' | 'keys' | 'allowed'> { readonly fs?: Fs }

export async function sessionsIn(dir: string, clock: { now(): number }, { limits = {}, fs, ...options }: StartOptions = {}): Promise<Started> {
  const store = await storeOn(dir, { clock, ...(fs && { fs }) })
  return { store, sessions: await openSessions({ store, now: () => clock.now(), log: silent, cwd: '/work', limits, ...options }) }
}

export async function start(options: StartOptions = {}): Promise<SessionsUnderTest> {
  const dir = await temporaryDir()
  const under = { dir, time: Date.parse('2026-03-01T12:00:00Z') }
  const clock = { now: () => under.time }
  const crash = async (again: StartOptions = {}): Promise<Started> => Object.assign(under, await sessionsIn(dir, clock, { ...options, ...again }))
  const restart = async (again: StartOptions = {}): Promise<Started> => {
    const { sessions, store } = under as unknown as Started
    await sessions.close()
    await store.close()
    return crash(again)
  }
  await crash()
  const all = under as typeof under & Started
  onTestFinished(async () => { await all.sessions.close().catch(() => {}) }) // the store may be closed or broken by the test
  return Object.assign(all, { restart, crash })
}

export function cause(label: Label = 'operator', trace = 'trace-1'): Cause {
  return { caller: { id: 'shared-token', role: 'operator', scopes: new Set(['operator.write']), label }, trace, path: [] }
}

export const user = (text: string) => ({ role: 'user' as const, content: [{ type: 'text' as const, text }] })
export const assistant = (text: string) => ({
  role: 'assistant' as const, content: [{ type: 'text' as const, text }], provider: 'demo', model: 'demo-1',
  usage: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0, totalTokens: 3 }, stopReason: 'stop' as const,
})
export const said = (text: string) => ({ type: 'message' as const, message: assistant(text) })
export const asked = (text: string) => ({ type: 'message' as const, message: user(text) })

export const textsOf = (messages: readonly StoredMessage[]): string[] => messages.map((m) => m.content.map((part) => ('text' in part ? part.text : part.type)).join(''))

export async function transcriptOf({ sessions }: Started, key: string): Promise<SessionEntry[]> {
  const entries: SessionEntry[] = []
  for await (const entry of sessions.opening(key)) entries.push(entry)
  return entries
}

export const markers = (entries: readonly SessionEntry[]) => entries.flatMap((e) => markerOf(e) ?? [])
export const calling = (id: string): NewEntry => ({ type: 'message', message: { ...assistant(''), content: [{ type: 'toolCall', id, name: 'time', arguments: {} }], stopReason: 'toolUse' } })
export const result = (id: string): NewEntry => ({ type: 'message', message: { role: 'toolResult', toolCallId: id, toolName: 'time', content: [{ type: 'text', text: '12:00' }], isError: false } })
