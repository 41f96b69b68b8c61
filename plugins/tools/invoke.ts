/** `POST /tools/invoke`: one tool for whoever speaks HTTP. It translates; the executor decides. */
import * as v from 'valibot'
import { NexusError } from 'nexus-gateway/sdk'
import type { Call, RouteContext } from 'nexus-gateway/sdk'
import { httpDeny } from './config.ts'
import type { ToolsConfig } from './config.ts'
import type { ToolContext, ToolRequest, ToolSpec } from './contract.ts'
import { failTools } from './errors.ts'
import type { Executor } from './executor.ts'
import { letBy } from './policy.ts'
import type { Registry } from './registry.ts'

const maxBodyBytes = 2 * 1024 * 1024

/** As the reference has it; fields of its later forms are let pass. */
const Body = v.looseObject({
  tool: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(64))),
  name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(64))),
  action: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(200)))),
  /** As it is: the executor checks it, and names what is wrong. */
  args: v.optional(v.unknown()),
  sessionKey: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(512)))),
  dryRun: v.optional(v.nullable(v.boolean())),
})
type Body = v.InferOutput<typeof Body>

export interface InvokeParts {
  readonly executor: Executor
  readonly registry: Registry
  readonly http: ToolsConfig['http']
  contextOf(whose: { readonly sessionKey?: string }): Promise<ToolContext>
}

export async function invoke(parts: InvokeParts, c: RouteContext, call: Call): Promise<Response> {
  try {
    const body = parse(await textOf(c))
    const request = await requestOf(parts, body, call)
    if (body.dryRun === true) {
      const { name } = await parts.executor.rehearse(request)
      return json({ ok: true, dryRun: true, result: { tool: name } })
    }
    return json({ ok: true, result: await parts.executor.run(request) })
  } catch (error) {
    if (!(error instanceof NexusError)) throw error
    return refusal(error)
  }
}

async function requestOf({ registry, http, contextOf }: InvokeParts, { tool, name, action, args, sessionKey }: Body, call: Call): Promise<ToolRequest> {
  const wanted = tool || name
  if (!wanted) throw failTools('NEXUS_TOOLS_BODY', { reason: 'tools.invoke requires body.tool' })
  const spec = await registry.find(wanted)
  const key = sessionKey ? { sessionKey } : {}
  const context = await contextOf(key)
  return {
    ...key, name: wanted, id: call.id, cause: call, signal: call.signal,
    args: action ? withAction(spec, args ?? {}, action) : args,
    context: { ...context, policies: { ...context.policies, surface: { deny: denied(http, spec) } } },
  }
}

/** The usual list, unless the settings let this tool through, and what they add: they win over themselves. */
function denied({ allow = [], deny = [] }: ToolsConfig['http'], spec: ToolSpec): readonly string[] {
  return [...letBy(allow, spec) === undefined ? httpDeny : [], ...deny]
}

/** Where a tool has an argument `action`, it may stand beside the arguments. */
function withAction(spec: ToolSpec, args: unknown, action: string): unknown {
  const properties = (spec.parameters['properties'] ?? {}) as object
  const fits = typeof args === 'object' && args !== null && !Array.isArray(args) && Object.hasOwn(properties, 'action') && !Object.hasOwn(args, 'action')
  return fits ? { ...args, action } : args
}

function parse(text: string): Body {
  const checked = v.safeParse(Body, jsonOf(text))
  if (checked.success) return checked.output
  const places = checked.issues.slice(0, 5).map((issue) => v.getDotPath(issue)?.slice(0, 64) ?? 'the body')
  throw failTools('NEXUS_TOOLS_BODY', { reason: `wrong type or length: ${[...new Set(places)].join(', ')}` })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw failTools('NEXUS_TOOLS_BODY', { reason: 'the body is not JSON' }, error)
  }
}

/** No more is taken in than is wanted, whatever the headers say. */
async function textOf(c: RouteContext): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > maxBodyBytes) throw failTools('NEXUS_TOOLS_BODY_TOO_LARGE', { limit: maxBodyBytes })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const types: Readonly<Record<number, string>> = { 400: 'invalid_request_error', 403: 'forbidden', 404: 'not_found', 413: 'invalid_request_error', 504: 'timeout' }

/** A tool that is not allowed is not there, as in the reference. */
function refusal(error: NexusError): Response {
  const hidden = error.code === 'NEXUS_TOOLS_DENIED' || error.code === 'NEXUS_TOOLS_UNKNOWN'
  const status = hidden ? 404 : error.status
  const message = hidden ? 'Tool not available' : status === 400 ? error.message : `${error.message}. ${error.fix}`
  return json({ ok: false, error: { type: types[status] ?? 'tool_error', message, code: hidden ? 'NEXUS_TOOLS_UNKNOWN' : error.code } }, status)
}

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json; charset=utf-8' } })
