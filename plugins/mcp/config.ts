/** The plugin's settings. */
import * as v from 'valibot'
import { secret } from 'nexus-gateway/sdk'
import { toolEffects, ToolPattern, toolTiers } from '../tools/contract.ts'

const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most))
const about = <const S extends v.GenericSchema>(schema: S, words: string) => v.pipe(schema, v.description(words))
const upTo = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))
const patterns = (words: string) => v.optional(v.pipe(v.array(ToolPattern), v.maxLength(500), v.description(words)))

export const ServerConfig = v.strictObject({
  enabled: v.optional(v.boolean(), true),
  command: v.optional(about(text(4096), 'A program that speaks MCP on its standard input and output.')),
  args: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(65_536))), v.maxLength(256)), []),
  env: v.optional(v.pipe(v.record(v.string(), secret()), v.description('Its environment, beside PATH, HOME and LANG; it gets nothing else.')), {}),
  cwd: v.optional(about(text(4096), 'The folder it runs in; the home folder without it.')),
  url: v.optional(v.pipe(v.string(), v.maxLength(2048), v.regex(/^https?:\/\/\S+$/), v.description('Instead of a program: a server that is there already. `outbound` decides whether it may be asked.'))),
  transport: v.optional(about(v.picklist(['auto', 'http', 'sse']), 'How to speak to `url`: streamable HTTP, the older SSE, or whichever it knows.'), 'auto'),
  headers: v.optional(v.pipe(v.record(v.string(), secret()), v.description('Sent with every request to `url`.')), {}),
  timeoutMs: v.optional(about(upTo(1, 3_600_000), 'Milliseconds a call may take.'), 60_000),
  startMs: v.optional(about(upTo(100, 600_000), 'Milliseconds until it is connected and has told its tools.'), 30_000),
  include: v.optional(v.pipe(v.array(text(256)), v.maxLength(500), v.description('Only these of its tools, by its own names; * stands for any characters.'))),
  exclude: v.optional(v.pipe(v.array(text(256)), v.maxLength(500), v.description('Not these of its tools.')), []),
  maxTools: v.optional(about(upTo(1, 1000), 'Tools that are offered at most.'), 100),
  group: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_:.@/-]{1,64}$/), v.description('The group of its tools in policies; `mcp:NAME` without it.'))),
  approval: v.optional(about(v.boolean(), 'None of its tools runs without somebody\'s consent.'), false),
  effect: v.optional(about(v.picklist(toolEffects), 'The most its tools do. What the server says of that is not believed.')),
  tier: v.optional(about(v.picklist(toolTiers), 'The least tier of turn that is offered its tools.')),
})
export type ServerConfig = v.InferOutput<typeof ServerConfig>

export const McpConfig = v.strictObject({
  servers: v.optional(v.record(v.string(), ServerConfig), {}),
  serve: v.optional(v.strictObject({
    enabled: v.optional(about(v.boolean(), 'Whether the gateway is an MCP server itself.'), true),
    allow: patterns('Tools that MCP clients may reach although they usually may not; with `[]` beside nothing else, none more.'),
    deny: patterns('Tools that MCP clients may not reach.'),
    methods: v.optional(about(v.boolean(), 'Whether chat, sessions, agents, models and the status are tools too.'), true),
    maxSessions: v.optional(about(upTo(1, 10_000), 'Sessions of clients at once.'), 64),
    idleMs: v.optional(about(upTo(1000, 86_400_000), 'Milliseconds after which an unused session ends.'), 900_000),
  }), {}),
})
export type McpConfig = v.InferOutput<typeof McpConfig>
export type ServeConfig = McpConfig['serve']
