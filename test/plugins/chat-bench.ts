/** Chat on a scripted provider, and what its clients see. */
import type { Caller, Connection } from 'nexus-gateway/sdk'
import chatPlugin from '../../plugins/chat/index.ts'
import { agentKernel } from './agent-fakes.ts'
import type { Bench, Script } from './agent-fakes.ts'

export async function withChat(script: Script, use: (bench: Bench) => Promise<void>, more: Parameters<typeof agentKernel>[1] = {}): Promise<void> {
  const bench = await agentKernel(script, { ...more, plugins: [chatPlugin, ...more.plugins ?? []] })
  try {
    await use(bench)
  } finally {
    await bench.k.close()
  }
}

export const key = 'agent:main:main'
export const send = ({ k }: Bench, idempotencyKey: string, more: object = {}) => k.call('chat.send', { sessionKey: 'main', message: `question of ${idempotencyKey}`, idempotencyKey, ...more })
export const events = ({ k }: Bench) => k.events.filter(({ name }) => name === 'chat')
/** The first event of a run that is its last. */
export async function ended({ k }: Bench, runId: string): Promise<Record<string, unknown>> {
  for (;;) {
    const found = k.events.find(({ name, payload }) => name === 'chat' && (payload as { runId: string }).runId === runId && (payload as { state: string }).state !== 'delta')
    if (found) return found.payload as Record<string, unknown>
    await k.nextEvent('chat')
  }
}

const caller: Caller = { id: 'client', role: 'operator', label: 'operator', scopes: new Set(['operator.admin', 'operator.read', 'operator.write']) }
/** Calls as they come from a connection. */
export function callFrom({ k }: Bench, id: string, caps: readonly string[]): (method: string, params?: unknown) => Promise<unknown> {
  const connection: Connection = { id, protocol: 4, caps, caller, remote: '127.0.0.1', openedAt: 0, client: { id: 'cli', mode: 'cli', version: '1', platform: 'linux' } }
  return async (method, params) => k.kernel.dispatch(method, params, { caller, transport: 'ws', connection })
}
