/** The resources of a server that has some, as two more of its tools: a policy for the server holds for them too. */
import * as v from 'valibot'
import type { CheckedArgs, JsonSchema, ToolCall, ToolResult, ToolSpec } from '../../tools/contract.ts'
import type { ServerConfig } from '../config.ts'
import { asked } from './ask.ts'
import { checkJson } from './json-check.ts'
import { ResourceAnswer, resourceResultOf } from './result.ts'
import type { McpServer } from './server.ts'
import { line } from './text.ts'

const ResourcesPage = v.looseObject({ resources: v.array(v.unknown()), nextCursor: v.optional(v.nullable(v.string())) })
const mostShown = 200
const shapes: Readonly<Record<'list' | 'read', JsonSchema>> = {
  list: { type: 'object', properties: { cursor: { type: 'string', maxLength: 4096, description: 'Where the page before this one ended.' } }, additionalProperties: false },
  read: { type: 'object', properties: { uri: { type: 'string', minLength: 1, maxLength: 4096, description: 'Its address, as the list has it.' } }, required: ['uri'], additionalProperties: false },
}
const words = { list: 'Lists what can be read from the MCP server', read: 'Reads one resource, by its address, from the MCP server' }
const nameOf = (server: string, what: 'list' | 'read'): string => `${server}__mcp_resources_${what}`

/** A tool of the server's own with such a name wins. */
export function resourceSpecs(server: McpServer, { group, approval, effect, tier, timeoutMs }: ServerConfig): ToolSpec[] {
  if (!server.has('resources')) return []
  return (['list', 'read'] as const).filter((what) => !server.find(nameOf(server.name, what))).map((what) => ({
    name: nameOf(server.name, what), plugin: 'mcp', description: `${words[what]} ${server.name}.`, parameters: shapes[what], timeoutMs,
    group: group ?? `mcp:${server.name}`, ...(approval && { approval }), ...(effect && { effect }), ...(tier && { tier }),
  }))
}

export function whichResource(servers: readonly McpServer[], name: string): { server: McpServer; what: 'list' | 'read' } | undefined {
  for (const server of servers) for (const what of ['list', 'read'] as const) if (name === nameOf(server.name, what) && !server.find(name)) return { server, what }
  return undefined
}

export function checkResource(servers: readonly McpServer[], name: string, args: unknown): CheckedArgs | undefined {
  const found = whichResource(servers, name)
  return found && checkJson(shapes[found.what], args)
}

export function resourceCall(servers: readonly McpServer[], { name, args, signal }: ToolCall, config: Readonly<Record<string, ServerConfig>>): Promise<ToolResult> | undefined {
  const found = whichResource(servers, name)
  if (!found) return undefined
  const { server, what } = found
  const { uri, cursor } = args as { uri?: string; cursor?: string }
  return asked(server, signal, config[server.name]!.timeoutMs, async (client, wire) => (what === 'read'
    ? resourceResultOf(await client.request({ method: 'resources/read', params: { uri: uri! } }, ResourceAnswer, wire))
    : listed(await client.request({ method: 'resources/list', params: cursor === undefined ? {} : { cursor } }, ResourcesPage, wire))))
}

function listed({ resources, nextCursor }: v.InferOutput<typeof ResourcesPage>): ToolResult {
  const lines = resources.slice(0, mostShown).map((one) => {
    const { uri, name, mimeType, description } = (typeof one === 'object' && one !== null ? one : {}) as Record<string, unknown>
    return [line(uri, 1_000), line(name, 200), line(mimeType, 64), line(description, 300)].filter((part) => part !== '').join(' · ')
  })
  if (resources.length > mostShown) lines.push(`[${resources.length - mostShown} more on this page.]`)
  if (typeof nextCursor === 'string') lines.push(`[There is another page: cursor ${JSON.stringify(nextCursor.slice(0, 4096))}]`)
  return { content: [{ type: 'text', text: lines.join('\n') || '[It has none.]' }], isError: false }
}
