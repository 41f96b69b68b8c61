/** What others may rely on: which MCP servers there are and how they stand, and the way in for `nexus mcp serve`. Times in ms since the epoch. */
import * as v from 'valibot'
import { contract, event, method, route } from 'nexus-gateway/sdk'

export { mcpErrors } from './errors.ts'

const text = v.string()
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const server = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const session = v.pipe(v.string(), v.minLength(1), v.maxLength(64))

/** `off`: not enabled. `waiting`: a moment, then it is tried again. */
export const serverStates = ['off', 'connecting', 'ready', 'waiting'] as const
export type ServerState = (typeof serverStates)[number]

const row = {
  name: text,
  state: v.picklist(serverStates),
  transport: v.picklist(['stdio', 'http']),
  /** Tools that are offered. */
  tools: count,
  group: text,
  approval: v.boolean(),
}

export const McpStatus = v.strictObject({
  ...row,
  /** Since when it is in this state. */
  since: count,
  /** What it says of itself, cleaned. */
  serverName: v.optional(text),
  serverVersion: v.optional(text),
  protocol: v.optional(text),
  pid: v.optional(count),
  /** How often it was connected. */
  connections: count,
  calls: v.strictObject({ running: count, done: count, failed: count }),
  /** Tools it has that are not offered, and why. */
  left: v.array(v.strictObject({ tool: text, reason: text })),
  lastError: v.optional(text),
})
export type McpStatus = v.InferOutput<typeof McpStatus>

const McpTool = v.strictObject({
  /** As models know it, and as the server does. */
  name: text,
  original: text,
  description: text,
  parameters: v.record(text, v.unknown()),
  /** The server's claims; nothing here believes them. */
  claims: v.optional(v.record(text, v.boolean())),
})
export type McpTool = v.InferOutput<typeof McpTool>

export const mcp = contract({
  id: 'mcp',
  paths: ['/mcp'],
  methods: {
    'mcp.list': method({ scope: 'operator.read', params: v.optional(v.strictObject({}), {}), result: v.strictObject({ servers: v.array(v.strictObject(row)) }), summary: 'The MCP servers of the settings.' }),
    'mcp.status': method({ scope: 'operator.read', params: v.optional(v.strictObject({ server: v.optional(server) }), {}), result: v.strictObject({ servers: v.array(McpStatus), sessions: count }), summary: 'How the MCP servers stand, and how many clients the gateway has as one.' }),
    'mcp.tools': method({ scope: 'operator.read', params: v.strictObject({ server }), result: v.strictObject({ tools: v.array(McpTool) }), summary: 'The tools of one MCP server as they are offered.' }),
    'mcp.probe': method({ scope: 'operator.write', params: v.strictObject({ server }), result: v.strictObject({ ok: v.boolean(), ms: count, tools: count, error: v.optional(text) }), limit: { calls: 30, concurrent: 4 }, summary: 'Connects to an MCP server, if it is not connected, and asks for its tools.' }),
    'mcp.connect': method({ scope: 'operator.read', params: v.optional(v.strictObject({}), {}), result: v.strictObject({ session }), summary: 'Begins a session with the gateway as an MCP server; its messages come as `mcp.message` events.' }),
    'mcp.send': method({ scope: 'operator.read', params: v.strictObject({ session, message: v.unknown() }), result: v.strictObject({ ok: v.literal(true) }), summary: 'Gives one JSON-RPC message to such a session; a request is answered by then.' }),
  },
  events: {
    'mcp.changed': event({ scope: 'operator.read', payload: v.strictObject({ server: text, added: v.array(text), removed: v.array(text), changed: v.array(text) }), summary: 'An MCP server tells other tools than before.' }),
    'mcp.message': event({ scope: 'operator.read', payload: v.strictObject({ session, message: v.unknown() }), summary: 'A JSON-RPC message of a session, for the connection that began it.' }),
  },
  routes: {
    'POST /mcp': route({ scope: 'operator.read', summary: 'The gateway as an MCP server: streamable HTTP.' }),
    'GET /mcp': route({ scope: 'operator.read', summary: 'No stream of its own: 405.' }),
    'DELETE /mcp': route({ scope: 'operator.read', summary: 'Ends a session.' }),
  },
})
