/** The tools of all servers, by the hooks of `tools`: what models are told, how arguments are checked, how a call is made. */
import type { Ctx } from 'nexus-gateway/sdk'
import { underSignals } from '../../models/contract.ts'
import { toolCheck, toolRun, toolsListed } from '../../tools/contract.ts'
import type { ToolCall, ToolResult, ToolSpec } from '../../tools/contract.ts'
import type { ServerConfig } from '../config.ts'
import { failMcp } from '../errors.ts'
import { asked } from './ask.ts'
import { checkJson } from './json-check.ts'
import { checkResource, resourceCall, resourceSpecs } from './resources.ts'
import { CallAnswer, resultOf } from './result.ts'
import type { McpServer } from './server.ts'

export function offerServers(ctx: Pick<Ctx, 'tap' | 'scope'>, servers: readonly McpServer[], config: Readonly<Record<string, ServerConfig>>): void {
  /** Against which definition arguments were checked: a call that waited for consent is made only if the tool is still that one. */
  const checked = new WeakMap<object, string>()
  const ownerOf = (name: string): McpServer | undefined => servers.find((server) => name.startsWith(`${server.name}__`))

  ctx.tap(toolsListed, (): readonly ToolSpec[] => servers.flatMap((server) => [...server.definitions().map(({ spec }) => spec), ...resourceSpecs(server, config[server.name]!)]))

  ctx.tap(toolCheck, (name, args) => {
    const definition = ownerOf(name)?.find(name)
    if (!definition) return checkResource(servers, name, args)
    const verdict = checkJson(definition.spec.parameters, args)
    if ('args' in verdict) checked.set(verdict.args, definition.fingerprint)
    return verdict
  })

  ctx.tap(toolRun, (call) => {
    const server = ownerOf(call.name)
    if (!server) return undefined
    const fingerprint = checked.get(call.args)
    return underSignals([call.signal, ctx.scope.signal], async (signal) => {
      const timed = { ...call, signal }
      return fingerprint === undefined ? resourceCall(servers, timed, config) : callTool(server, timed, fingerprint)
    })
  })
}

async function callTool(server: McpServer, { name, args, signal }: ToolCall, fingerprint: string): Promise<ToolResult> {
  await server.fresh(signal)
  const definition = server.find(name)
  if (!definition || definition.fingerprint !== fingerprint) throw failMcp('NEXUS_MCP_CHANGED', { tool: name })
  const { original, spec: { timeoutMs = 60_000 } } = definition
  return asked(server, signal, timeoutMs, async (client, wire) => resultOf(await client.request({ method: 'tools/call', params: { name: original, arguments: args } }, CallAnswer, wire)))
}
