import { command, commands, paintOf } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import type { McpStatus, McpTool } from './contract.ts'
import { failMcp } from './errors.ts'
import { serve } from './pipe.ts'
import { listText, probeText, statusText, toolsText } from './screen.ts'
import type { Probe, Row } from './screen.ts'

const nameOf = ({ args }: CommandIo): string => String(args['name'])

export default commands({
  'mcp list': command({
    summary: 'List the MCP servers whose tools agents may use',
    examples: ['nexus mcp list', 'nexus mcp list --json'],
    async run(io) {
      const { servers } = await io.call('mcp.list') as { servers: Row[] }
      io.print(listText(servers, paintOf(io)), servers)
    },
  }),
  'mcp status': command({
    summary: 'Show how MCP servers stand, what they do not offer and why',
    args: ['[name]'],
    examples: ['nexus mcp status', 'nexus mcp status files --json'],
    async run(io) {
      const status = await io.call('mcp.status', io.args['name'] === undefined ? {} : { server: nameOf(io) }) as { servers: McpStatus[]; sessions: number }
      io.print(statusText(status.servers, status.sessions, paintOf(io)), status)
    },
  }),
  'mcp tools': command({
    summary: 'Show the tools of one MCP server as agents know them',
    args: ['<name>'],
    examples: ['nexus mcp tools files'],
    async run(io) {
      const { tools } = await io.call('mcp.tools', { server: nameOf(io) }) as { tools: McpTool[] }
      io.print(toolsText(tools, paintOf(io)), tools)
    },
  }),
  'mcp probe': command({
    summary: 'Connect to an MCP server now and list its tools; exits 1 if that fails',
    args: ['<name>'],
    examples: ['nexus mcp probe files'],
    async run(io) {
      const probe = await io.call('mcp.probe', { server: nameOf(io) }) as Probe
      io.print(probeText(probe, paintOf(io)), probe)
      return probe.ok ? 0 : 1
    },
  }),
  'mcp add': command({
    summary: 'Add an MCP server to the settings: a program, or an address',
    args: ['<name>', '[...command]'],
    options: {
      server: { summary: 'The address of a server that is there already', value: 'ADDRESS' },
      env: { summary: 'A variable for the program; as NAME=env:OTHER, NAME=file:PATH or NAME=store:KEY it is a secret', value: 'NAME=VALUE', many: true },
      header: { summary: 'A header for the address; the value as above', value: 'NAME=VALUE', many: true },
      cwd: { summary: 'The folder the program runs in', value: 'DIR' },
      approval: { summary: 'None of its tools runs without consent' },
    },
    examples: ['nexus mcp add files -- npx -y @modelcontextprotocol/server-filesystem ~/notes', 'nexus mcp add search --server https://mcp.example.com/mcp --header authorization=env:SEARCH_AUTH'],
    offline: true,
    async run(io) {
      const value = settingsOf(io)
      const path = pathOf(nameOf(io))
      const { hash, servers } = await settings(io)
      if (Object.hasOwn(servers, nameOf(io))) throw failMcp('NEXUS_MCP_USAGE', { reason: 'there is an MCP server of that name already; `nexus mcp remove` takes it away' })
      const written = await io.call('config.edit', { baseHash: hash, set: [{ path, value }] })
      io.print(`Added. \`nexus mcp probe ${nameOf(io)}\` tries it.`, written)
    },
  }),
  'mcp remove': command({
    summary: 'Take an MCP server out of the settings',
    args: ['<name>'],
    examples: ['nexus mcp remove files'],
    offline: true,
    async run(io) {
      const path = pathOf(nameOf(io))
      const { hash, servers } = await settings(io)
      if (!Object.hasOwn(servers, nameOf(io))) throw failMcp('NEXUS_MCP_UNKNOWN', { hint: ' in the file of the settings' })
      io.print('Removed.', await io.call('config.edit', { baseHash: hash, unset: [path] }))
    },
  }),
  'mcp serve': command({
    summary: 'Be an MCP server on standard input and output, for the running gateway',
    examples: ['nexus mcp serve', 'nexus mcp serve --url https://gateway.example.com --token-file ~/.nexus-token'],
    run: serve,
  }),
})

/** What the file says, and its hash: somebody else's edit in between is not lost. */
async function settings(io: CommandIo): Promise<{ hash: string; servers: Readonly<Record<string, unknown>> }> {
  const { hash, parsed } = await io.call('config.get') as { hash: string; parsed: { mcp?: { servers?: Record<string, unknown> } } }
  return { hash, servers: parsed.mcp?.servers ?? {} }
}

function pathOf(name: string): string {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) throw failMcp('NEXUS_MCP_USAGE', { reason: 'a name has 1 to 32 characters of a-z 0-9 -, and neither begins nor ends with -' })
  return `mcp.servers.${/^[a-z][a-z0-9]*$/.test(name) ? name : `["${name}"]`}`.replace('.[', '[')
}

function settingsOf({ args, options }: CommandIo): Record<string, unknown> {
  const [program, ...rest] = [args['command'] ?? []].flat()
  const url = options['server']
  if ((program === undefined) === (url === undefined)) throw failMcp('NEXUS_MCP_USAGE', { reason: 'give either a command or --server ADDRESS' })
  const pairs = pairsOf(options['env'], '--env')
  const headers = pairsOf(options['header'], '--header')
  return {
    ...(program === undefined ? { url } : { command: program, ...(rest.length > 0 && { args: rest }) }),
    ...(pairs && { env: pairs }), ...(headers && { headers }),
    ...(typeof options['cwd'] === 'string' && { cwd: options['cwd'] }), ...(options['approval'] === true && { approval: true }),
  }
}

function pairsOf(given: unknown, flag: string): Record<string, unknown> | undefined {
  if (typeof given !== 'string') return undefined
  return Object.fromEntries(given.split('\n').map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw failMcp('NEXUS_MCP_USAGE', { reason: `${flag} takes NAME=VALUE` })
    const value = pair.slice(at + 1)
    return [pair.slice(0, at), /^(env|file|store):./.test(value) ? { $secret: value } : value]
  }))
}
