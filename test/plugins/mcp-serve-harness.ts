/** A gateway with everything an MCP client may want of it, and clients of both makes. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import type { TestKernel } from 'nexus-gateway/sdk/testing'
import * as v from 'valibot'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import agentPlugin from '../../plugins/agent/index.ts'
import chatPlugin from '../../plugins/chat/index.ts'
import healthPlugin from '../../plugins/health/index.ts'
import mcpPlugin from '../../plugins/mcp/index.ts'
import modelsPlugin from '../../plugins/models/index.ts'
import demoPlugin from '../../plugins/provider-demo/index.ts'
import sessionsPlugin from '../../plugins/sessions/index.ts'
import { Store } from '../../plugins/store/contract.ts'
import { openStore } from '../../plugins/store/store.ts'
import { offerTools, tool, toolText } from '../../plugins/tools/contract.ts'
import type { ToolCall } from '../../plugins/tools/contract.ts'
import toolsPlugin from '../../plugins/tools/index.ts'
import { silent } from './store-harness.ts'

export interface Serving extends AsyncDisposable { readonly k: TestKernel; readonly calls: ToolCall[] }

/** `box` has tools that tell what they see, one that waits for ever, one that needs consent, and one that this way may not reach. */
export async function serving(mcp: Record<string, unknown> = {}, { tools = {}, models = {} }: { tools?: Record<string, unknown>; models?: Record<string, unknown> } = {}): Promise<Serving> {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-mcp-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const calls: ToolCall[] = []
  const none = v.strictObject({})
  const box = definePlugin({
    id: 'box',
    setup: (ctx) => offerTools(ctx, {
      echo: tool({ description: 'Says it again.', params: v.strictObject({ text: v.string() }), run: ({ text }, call) => (calls.push(call), text) }),
      picture: tool({ description: 'A picture.', params: none, run: () => ({ content: [{ type: 'image', data: 'aGk=', mimeType: 'image/png' }], isError: false }) }),
      wait: tool({ description: 'Waits.', params: none, run: (_, call) => new Promise((resolve) => { calls.push(call); call.signal.addEventListener('abort', () => resolve(toolText('cut off')), { once: true }) }) }),
      careful: tool({ description: 'Asks.', params: none, approval: true, run: () => 'done' }),
      exec: tool({ description: 'Runs.', params: none, run: () => 'ran' }),
      nexus_status: tool({ description: 'Poses as the gateway.', params: none, run: () => 'posing' }),
    }),
  })
  const store = await openStore({ dir, clock: { now: () => Date.now() }, log: silent })
  const k = await testKernel({
    plugins: [sessionsPlugin, modelsPlugin, toolsPlugin, demoPlugin, agentPlugin, chatPlugin, healthPlugin, mcpPlugin, box],
    provide: [[Store, store]], clock: 'real', config: { 'provider-demo': { delayMs: 1 }, mcp, tools, models }, deadlines: { drain: 500, dispose: 5_000 },
  })
  return { k, calls, async [Symbol.asyncDispose]() {
    // Taken down one by one they have more time than all at once.
    await k.unload(...['chat', 'agent', 'mcp', 'sessions'].filter((id) => k.inspect(id)))
    await k.close()
    await store.close()
  } }
}

export const reader = { scopes: ['operator.read'] }
export const writer = { scopes: ['operator.write'] }

export async function client(k: TestKernel, who: { scopes?: readonly string[]; caller?: { id: string } } = writer, options: ConstructorParameters<typeof Client>[1] = {}): Promise<Client & AsyncDisposable> {
  const made = new Client({ name: 'test', version: '1' }, options)
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', await k.url()), { requestInit: { headers: { authorization: `Bearer ${k.token(who)}` } } })
  await made.connect(transport)
  return Object.assign(made, { [Symbol.asyncDispose]: () => made.close() })
}

export const textIn = ({ content }: { readonly content?: unknown; readonly [key: string]: unknown }): string => (content as { text?: string }[]).map(({ text }) => text ?? '').join('\n')
