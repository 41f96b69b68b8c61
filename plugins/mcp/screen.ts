/** What the commands print. */
import { headOf, plain, table } from 'nexus-gateway/sdk'
import type { Paint } from 'nexus-gateway/sdk'
import type { McpStatus, McpTool, ServerState } from './contract.ts'

export interface Row { readonly name: string; readonly state: ServerState; readonly transport: string; readonly tools: number; readonly group: string; readonly approval: boolean }
export interface Probe { readonly ok: boolean; readonly ms: number; readonly tools: number; readonly error?: string }

const colours = { ready: 'green', connecting: 'yellow', waiting: 'red', off: 'dim' } as const

export function listText(rows: readonly Row[], paint: Paint): string {
  if (rows.length === 0) return 'No MCP server is set. `nexus mcp add NAME COMMAND …` adds one.'
  return table(['server', 'state', 'by', 'tools', 'group', ''], rows.map((row) => [row.name, row.state, row.transport, String(row.tools), row.group, row.approval ? 'asks for consent' : '']), paint).join('\n')
}

export function statusText(servers: readonly McpStatus[], sessions: number, paint: Paint): string {
  const clients = sessions === 0 ? 'No client uses this gateway as an MCP server.' : `${sessions} session${sessions === 1 ? '' : 's'} of clients that use this gateway as an MCP server.`
  return [...servers.map((server) => oneText(server, paint)), clients].join('\n\n')
}

function oneText(server: McpStatus, paint: Paint): string {
  const { name, state, since, transport, tools, left, calls, serverName, serverVersion, protocol, pid, lastError, connections } = server
  const about = [transport, pid === undefined ? '' : `process ${pid}`, serverName === undefined ? '' : `${plain(serverName)} ${plain(serverVersion ?? '')}`.trim(), protocol === undefined ? '' : `protocol ${plain(protocol)}`].filter((part) => part !== '')
  return [
    `${paint('bold', name)} ${paint(colours[state], state)} since ${new Date(since).toISOString()}: ${about.join(', ')}`,
    `  ${tools} tools, ${calls.running} calls under way, ${calls.done} done, ${calls.failed} failed, connected ${connections === 1 ? 'once' : `${connections} times`}`,
    ...(lastError === undefined ? [] : [`  ${paint('red', plain(lastError))}`]),
    ...left.map(({ tool, reason }) => `  ${paint('yellow', 'not offered')} ${plain(tool)}: ${reason}`),
  ].join('\n')
}

export function toolsText(tools: readonly McpTool[], paint: Paint): string {
  if (tools.length === 0) return 'It offers none. `nexus mcp status` says how it stands.'
  return table(['tool', ''], tools.map(({ name, description }) => [name, headOf(plain(description.split('\n', 1)[0]!), 100)]), paint).join('\n')
}

export function probeText({ ok, ms, tools, error }: Probe, paint: Paint): string {
  return ok ? `${paint('green', '✓')} ${tools} tools, ${ms} ms` : `${paint('red', '✗')} ${plain(error ?? 'it failed')} (${ms} ms)`
}
