/** `connect` and `hello-ok`: what both sides say of themselves. PROTOCOL sections 3 and 4. */
import * as v from 'valibot'
import type { Connection } from '../contract.ts'
import { fail } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { connectionHello } from '../points.ts'
import { allows } from '../provenance.ts'
import { check } from '../validate.ts'
import type { Protocol } from './frames.ts'
import type { Limits } from './limits.ts'
import type { Cursor, ResumeStatus } from './resume.ts'

/** Kept with the connection, so short. */
const label = v.pipe(v.string(), v.minLength(1), v.maxLength(256))
const maybe = v.optional(label)
const text = v.optional(v.string())
const names = v.optional(v.pipe(v.array(label), v.maxLength(512)))
const integer = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least))
const anything = v.optional(v.unknown())

/** The union of both generations, and `resume`. Nothing in here grants anything. */
const Connect = v.strictObject({
  minProtocol: integer(1),
  maxProtocol: integer(1),
  client: v.strictObject({
    id: v.pipe(v.string(), v.regex(/^[a-z0-9._-]{1,64}$/)),
    mode: v.picklist(['webchat', 'cli', 'ui', 'backend', 'node', 'worker', 'probe', 'test']),
    version: label, platform: label,
    displayName: maybe, buildId: maybe, deviceFamily: maybe, modelIdentifier: maybe, timeZone: maybe, instanceId: maybe,
  }),
  role: maybe, scopes: names, caps: names, commands: names,
  permissions: v.optional(v.record(label, v.boolean())),
  computerUse: anything, workerRuns: anything, modelCatalog: anything,
  device: v.optional(v.strictObject({ id: v.string(), publicKey: v.string(), signature: v.string(), signedAt: integer(0), nonce: text })),
  auth: v.optional(v.strictObject({ token: text, password: text, bootstrapToken: text, deviceToken: text, approvalRuntimeToken: text, agentRuntimeIdentityToken: text })),
  pathEnv: text, locale: text, userAgent: text,
  resume: v.optional(v.strictObject({ token: label, seq: integer(0) })),
})
export type ConnectParams = v.InferOutput<typeof Connect>

export function readConnect(params: unknown): ConnectParams {
  const checked = check(Connect, params)
  if (!checked.ok) throw fail('NEXUS_CONNECT_PARAMS', { faults: checked.faults })
  return checked.value as ConnectParams
}

/** The highest generation that both sides speak. */
export function negotiate({ minProtocol, maxProtocol }: ConnectParams): Protocol {
  for (const protocol of [4, 3] as const) if (minProtocol <= protocol && protocol <= maxProtocol) return protocol
  throw fail('NEXUS_CONNECT_PROTOCOL', { details: { expectedProtocol: 4, minimumProtocol: 3 } })
}

export function roleOf({ role = 'operator' }: ConnectParams): 'operator' | 'node' {
  if (role === 'operator' || role === 'node') return role
  throw fail('NEXUS_CONNECT_ROLE')
}

export function connectionOf({ id, caller, protocol }: Cursor, { client, caps = [] }: ConnectParams, remote: string, openedAt: number): Connection {
  const { mode, version, platform, displayName, instanceId } = client
  return Object.freeze({
    id, caller, protocol, remote, openedAt, caps: Object.freeze([...caps]),
    client: Object.freeze({ id: client.id, mode, version, platform, ...(displayName !== undefined && { displayName }), ...(instanceId !== undefined && { instanceId }) }),
  })
}

export async function helloOk(kernel: Kernel, limits: Limits, connection: Connection, { auth }: ConnectParams, place: { readonly cursor: Cursor; readonly status: ResumeStatus; readonly tell: Readonly<Record<string, string>> | undefined }): Promise<unknown> {
  const { caller, protocol, id } = connection
  const seen = (table: ReadonlyMap<string, { readonly access: string }>): string[] =>
    [...table].filter(([, { access }]) => allows(caller, access)).map(([name]) => name)
  const { policy, ...snapshot } = await kernel.invoke(connectionHello, blankSnapshot(kernel, connection), connection)
  return {
    type: 'hello-ok',
    protocol,
    server: { version: kernel.version, connId: id },
    features: { methods: seen(kernel.methods), events: seen(kernel.events) },
    snapshot,
    auth: { role: caller.role, scopes: [...caller.scopes], method: auth?.token ? 'token' : auth?.password ? 'password' : auth?.deviceToken ? 'device-token' : 'none', ...place.tell },
    // What plugins bound stands beside what the gateway does, and never in its place.
    policy: { ...(policy as object | undefined), maxPayload: limits.maxPayload, maxBufferedBytes: limits.maxBufferedBytes, tickIntervalMs: limits.tickIntervalMs },
    // The next event on this socket has the number after `seq`.
    resume: { token: place.cursor.token, seq: place.cursor.seq, status: place.status },
  }
}

/** What plugins fill in. Where the gateway lives is told to those who may read. */
function blankSnapshot({ clock, startedAt, paths }: Kernel, { caller }: Connection): Record<string, unknown> {
  return {
    presence: [], health: {}, stateVersion: { presence: 0, health: 0 },
    uptimeMs: Math.max(0, clock.now() - startedAt),
    ...(allows(caller, 'operator.read') && { stateDir: paths.state, configPath: paths.config }),
    authMode: 'token',
  }
}
