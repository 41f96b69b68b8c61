/** The plugin beside the real `tools`, with servers that are real programs. */
import { join } from 'node:path'
import { testKernel } from 'nexus-gateway/sdk/testing'
import type { TestKernel } from 'nexus-gateway/sdk/testing'
import mcpPlugin from '../../plugins/mcp/index.ts'
import type { McpStatus } from '../../plugins/mcp/contract.ts'
import type { Store, StoreApi } from '../../plugins/store/contract.ts'
import toolsPlugin from '../../plugins/tools/index.ts'
import { Tools } from '../../plugins/tools/contract.ts'
import type { ToolResult } from '../../plugins/tools/contract.ts'
import { root } from '../fixtures/built.ts'

export const rawServer = join(root, 'test', 'fixtures', 'mcp-raw.mjs')
export const everything = join(root, 'node_modules', '@modelcontextprotocol', 'server-everything', 'dist', 'index.js')
/** A server of `mcp-raw.mjs`. */
export const raw = (mode: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({ command: process.execPath, args: [rawServer, JSON.stringify(mode)], ...more })

type Plugins = Parameters<typeof testKernel>[0]['plugins']
export interface Boot { readonly provide?: readonly (readonly [typeof Store, StoreApi])[]; readonly plugins?: Plugins; readonly config?: Record<string, unknown>; readonly serve?: Record<string, unknown>; readonly deadlines?: Record<string, number> }

export const boot = (servers: Record<string, unknown>, { plugins = [], provide = [], config = {}, serve, deadlines = {} }: Boot = {}): Promise<TestKernel> => testKernel({
  plugins: [toolsPlugin, mcpPlugin, ...plugins], provide: provide as never, clock: 'real', config: { mcp: { servers, ...(serve && { serve }) }, ...config }, deadlines: { dispose: 5_000, ...deadlines },
})

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

/** Polls, because servers are other processes. */
export async function until<T>(look: () => Promise<T | undefined | false> | T | undefined | false, what: string, ms = 20_000): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`it never came to this: ${what}`)
    await sleep(20)
  }
}

export const statusOf = async (k: TestKernel, server: string): Promise<McpStatus> => (await k.call('mcp.status', { server }) as { servers: McpStatus[] }).servers[0]!
export const ready = (k: TestKernel, server: string): Promise<McpStatus> => until(async () => {
  const status = await statusOf(k, server)
  return status.state === 'ready' && status
}, `${server} is ready`)

/** As an agent has it run. */
export async function run(k: TestKernel, name: string, args: unknown = {}, signal?: AbortSignal): Promise<ToolResult> {
  const tools = await k.service(Tools)
  return tools.execute({ name, args, cause: operator, ...(signal && { signal }) })
}
export const said = ({ content }: ToolResult): string => content.map((part) => (part.type === 'text' ? part.text : `<${part.mimeType}>`)).join('\n')

const operator = { caller: { id: 'test', role: 'operator' as const, scopes: new Set(['operator.admin']), label: 'operator' as const }, trace: 'test', path: [] }

export const names = async (k: TestKernel): Promise<string[]> => (await (await k.service(Tools)).list()).map(({ name }) => name)

export const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
