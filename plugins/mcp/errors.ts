/** Why a server of the settings cannot be used, or a client of the gateway's own server is refused. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const mcpErrors = {
  NEXUS_MCP_SETTINGS: { exit: 78, text: 'plugin "mcp": `mcp.servers.{server}` cannot be used: {reason}', fix: 'Correct it in nexus.json5; plugins/mcp/README.md shows the forms.' },
  NEXUS_MCP_UNKNOWN: { wire: 'INVALID_REQUEST', status: 404, text: 'there is no MCP server of that name{hint}', fix: 'See `nexus mcp list`.' },
  NEXUS_MCP_UNAVAILABLE: { wire: 'UNAVAILABLE', retryable: true, text: 'the MCP server "{server}" is not connected: {reason}', fix: 'Look at `nexus mcp status {server}`; `nexus mcp probe {server}` tries at once.' },
  NEXUS_MCP_START: { wire: 'UNAVAILABLE', text: 'the program of the MCP server "{server}" did not start: {reason}', fix: 'Check `command` and `cwd` of `mcp.servers.{server}`.' },
  NEXUS_MCP_PROTOCOL: { wire: 'UNAVAILABLE', status: 502, text: 'the MCP server "{server}" does not keep to the protocol: {reason}', fix: 'Ask whoever makes it; `nexus logs` has what it wrote.' },
  NEXUS_MCP_BUSY: { wire: 'UNAVAILABLE', retryable: true, text: '{limit} calls to the MCP server "{server}" are under way, and no more are taken', fix: 'Call it again in a moment.' },
  NEXUS_MCP_CHANGED: { wire: 'UNAVAILABLE', text: 'tool "{tool}" is no longer what it was when its arguments were checked', fix: 'Look at the tool anew before calling it.' },
  NEXUS_MCP_LIBRARY: { exit: 69, text: 'plugin "mcp" needs the library {library}, which cannot be loaded', fix: 'Run `nexus plugins enable mcp`, which fetches it.' },
  NEXUS_MCP_SESSION: { wire: 'INVALID_REQUEST', status: 404, text: 'there is no such MCP session of this caller', fix: 'Begin a new one.' },
  NEXUS_MCP_SESSIONS: { wire: 'UNAVAILABLE', retryable: true, text: '{limit} MCP sessions are open, and no more are taken', fix: 'Close one, or raise `mcp.serve.maxSessions`.' },
  NEXUS_MCP_MESSAGE: { wire: 'INVALID_REQUEST', text: 'this is no message of MCP: {reason}', fix: 'Send one JSON-RPC message at a time.' },
  NEXUS_MCP_OFF: { wire: 'FORBIDDEN', text: 'this gateway is no MCP server', fix: 'The operator can set `mcp.serve.enabled`.' },
  NEXUS_MCP_USAGE: { exit: 64, text: '{reason}', fix: 'See `nexus mcp add --help`.' },
} as const satisfies ErrorTable

export const failMcp = failures(mcpErrors)
