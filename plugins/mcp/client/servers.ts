/** The servers of the settings, checked. */
import { nearest } from 'nexus-gateway/sdk'
import type { McpConfig, ServerConfig } from '../config.ts'
import { failMcp } from '../errors.ts'
import { refusalOf } from './environment.ts'
import { isServerName } from './naming.ts'
import type { McpServer } from './server.ts'

/** Throws NEXUS_MCP_SETTINGS. */
export function checkServers(servers: McpConfig['servers']): void {
  for (const [server, config] of Object.entries(servers)) {
    const reason = faultOf(server, config)
    if (reason !== undefined) throw failMcp('NEXUS_MCP_SETTINGS', { server: isServerName(server) ? server : '…', reason })
  }
}

function faultOf(name: string, { command, url, args, env, cwd, headers }: ServerConfig): string | undefined {
  if (!isServerName(name)) return 'a name has 1 to 32 characters of a-z 0-9 -, and neither begins nor ends with -'
  if ((command === undefined) === (url === undefined)) return 'it has either `command` or `url`'
  if (url !== undefined && (args.length > 0 || Object.keys(env).length > 0 || cwd !== undefined)) return '`args`, `env` and `cwd` are for a `command`'
  if (command !== undefined && Object.keys(headers).length > 0) return '`headers` are for a `url`'
  if (url !== undefined && !URL.canParse(url)) return '`url` is no address'
  if ([command, ...args, cwd].some((text) => text?.includes('\0'))) return 'it has a character that no program can be given'
  if (Object.keys(headers).some((header) => !/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/.test(header))) return '`headers` has a name that is no name of a header'
  return Object.keys(env).map(refusalOf).find((reason) => reason !== undefined)
}

/** Throws NEXUS_MCP_UNKNOWN. */
export function named(servers: readonly McpServer[], name: string): McpServer {
  const found = servers.find((server) => server.name === name)
  if (found) return found
  const near = nearest(name, servers.map((server) => server.name))
  throw failMcp('NEXUS_MCP_UNKNOWN', { hint: near === undefined ? '' : ` (did you mean ${near}?)` })
}
