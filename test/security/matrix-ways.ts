/** The ways in: one verb asked for by one caller, and what came of it as that way tells it. */
import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { NexusError } from 'nexus-gateway/sdk'
import type { Caller } from 'nexus-gateway/sdk'
import type { Client } from 'nexus-gateway/sdk/client'
import type { Origin } from '../../kernel/call.ts'
import type { RouteContext } from '../../kernel/contract.ts'
import type { Verb } from '../../kernel/dispatch.ts'
import { createGateway } from '../../kernel/gateway/gateway.ts'
import { wireError } from '../../kernel/gateway/frames.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Emitted } from '../../kernel/parts.ts'
import { sourceOf, type LiveVerb, type World } from './matrix-world.ts'

/** `status` as HTTP has it, where there is one. */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly nexus: string; readonly status?: number | undefined; readonly code?: string; readonly missingScope?: string; readonly requiredScopes?: readonly string[]; readonly have?: readonly string[] }

/** Whoever came as far as the test's own tap, or had the wrong params, has been let through. */
const through = new Set(['NEXUS_MATRIX_STOPPED', 'NEXUS_CALL_INVALID_PARAMS'])
type Details = Readonly<Record<string, unknown>>

function decisionOf(details: Details, status: number | undefined): Decision {
  const { nexus, code, missingScope, requiredScopes, have } = details as { nexus: string; code?: string; missingScope?: string; requiredScopes?: string[]; have?: string[] }
  if (through.has(nexus)) return { allowed: true }
  if (nexus === 'NEXUS_CALL_UNAUTHENTICATED') return { allowed: false, nexus, status }
  return { allowed: false, nexus, status, ...(code !== undefined && { code }), ...(missingScope !== undefined && { missingScope }), ...(requiredScopes && { requiredScopes }), ...(have && { have: [...have].sort() }) }
}

/** What a call in this process comes to. Nothing gets as far as an answer here. */
export async function decided(call: () => unknown): Promise<Decision> {
  try {
    await call()
  } catch (error) {
    if (error instanceof NexusError) return decisionOf(wireError(error, 4).details, error.status)
    const { details, code } = error as { details?: Details; code?: string }
    if (details) return decisionOf({ nexus: code, ...details }, undefined)
    throw error
  }
  throw new Error('a handler ran')
}

/** By every transport, without its sockets. */
export async function knock(world: World, verb: LiveVerb, caller: Caller): Promise<readonly (readonly [string, Decision])[]> {
  const { kernel } = world.k
  const origin = (transport: Origin['transport']): Origin => ({ caller, transport })
  if (verb.kind !== 'method') {
    const found = verbOf(kernel, verb)
    const ways = ['http', 'ws', 'kernel'] as const
    return Promise.all(ways.map(async (way) => [way, await decided(() => kernel.dispatchRoute(found, {} as RouteContext, origin(way)))] as const))
  }
  const direct = ['ws', 'http', 'kernel'] as const
  const ways = direct.map(async (way) => [way, await decided(() => kernel.dispatch(verb.verb, undefined, origin(way)))] as const)
  return Promise.all([...ways, (async () => ['plugin', await decided(() => world.callFrom(caller, verb.verb))] as const)()])
}

function verbOf(kernel: Kernel, { kind, verb }: LiveVerb): Verb {
  for (const group of kernel.routes.values()) {
    const found = kind === 'route' ? group.routes.find((route) => route.verb.name === verb)?.verb : group.upgrades.get(verb)
    if (found) return found
  }
  throw new Error(`no ${kind} ${verb}`)
}

/** One connection for all of them. A call that is let through after each eight keeps it from being closed as hopeless. */
export async function overWs(world: World, caller: Caller | undefined, verbs: readonly LiveVerb[]): Promise<readonly Decision[]> {
  const client = await connected(world, caller)
  try {
    const decisions: Decision[] = []
    for (let at = 0; at < verbs.length; at += 8) {
      decisions.push(...await Promise.all(verbs.slice(at, at + 8).map(({ verb }) => decided(() => client.call(verb)))))
      await decided(() => client.call('matrix.public'))
    }
    return decisions
  } finally {
    await client.close()
  }
}

const connected = (world: World, caller: Caller | undefined): Promise<Client> =>
  world.k.connect({ token: caller ? world.tokenOf(caller) : '', scopes: [...caller?.scopes ?? []], reconnect: false })

export async function overHttp(world: World, caller: Caller | undefined, verbs: readonly LiveVerb[]): Promise<readonly Decision[]> {
  const url = await world.k.url()
  const headers = { 'content-type': 'application/json', ...bearer(world, caller) }
  const asked = async ({ verb }: LiveVerb): Promise<Decision> => {
    const answer = await fetch(`${url}/rpc`, { method: 'POST', headers, body: JSON.stringify({ method: verb }) })
    const { error } = await answer.json() as { error: { details: Details } }
    return decisionOf(error.details, answer.status)
  }
  const decisions: Decision[] = []
  for (let at = 0; at < verbs.length; at += 8) decisions.push(...await Promise.all(verbs.slice(at, at + 8).map(asked)))
  return decisions
}

const bearer = (world: World, caller: Caller | undefined): Record<string, string> => (caller ? { authorization: `Bearer ${world.tokenOf(caller)}` } : {})

export interface Refusal { readonly status: number; readonly code: string | undefined }

export async function overRoute(world: World, caller: Caller | undefined, { verb }: LiveVerb): Promise<Refusal> {
  const [method = '', path = ''] = verb.split(' ')
  const post = method === 'GET' ? {} : { body: '{}' }
  const answer = await fetch(`${await world.k.url()}${path.replace(/:\w+/g, 'x')}`, { method, ...post, headers: { 'content-type': 'application/json', ...bearer(world, caller) } })
  return { status: answer.status, code: codeIn(await answer.text()) }
}

/** The handshake of a WebSocket, refused before it is one. */
export async function upgraded(world: World, caller: Caller | undefined, { verb }: LiveVerb): Promise<Refusal> {
  const handshake = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' }
  const url = await world.k.url()
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${verb}`, { headers: { ...handshake, ...bearer(world, caller) } })
    asked.once('upgrade', (_, socket) => { socket.destroy(); resolve({ status: 101, code: undefined }) })
    asked.once('response', (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => { text += String(chunk) })
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, code: codeIn(text) }))
    })
    asked.once('error', reject).end()
  })
}

const codeIn = (text: string): string | undefined => (text.startsWith('{') ? (JSON.parse(text) as { error?: { code?: string } }).error?.code : undefined)

/** Every one of these events on its way to a client, and which of them it was told of and got. */
export async function heardBy(world: World, caller: Caller, events: readonly LiveVerb[]): Promise<{ readonly heard: readonly string[]; readonly named: readonly string[] }> {
  let publish: (event: Emitted) => void = () => {}
  // Emitted by the kernel's own means they would have to fit their schemas, and their owners would have to be asked.
  const kernel = Object.create(world.k.kernel, { subscribe: { value: (listener: typeof publish) => { publish = listener; return () => {} } } }) as Kernel
  const gateway = createGateway(kernel)
  const { url = '' } = await gateway.listen({ port: 0 })
  try {
    const client = await world.k.connect({ url, token: world.tokenOf(caller), scopes: [...caller.scopes], reconnect: false })
    const heard = new Set<string>()
    for (const { verb } of events) client.on(verb, () => void heard.add(verb))
    const last = new Promise<void>((resolve) => { client.on('matrix.last', () => resolve()) })
    for (const { verb, scope } of events) publish({ name: verb, access: scope as 'public', payload: {}, options: {} })
    publish({ name: 'matrix.last', access: 'public', payload: {}, options: {} })
    await last
    const named = (client.hello as unknown as { features: { events: string[] } }).features.events
    await client.close()
    return { heard: [...heard].sort(), named: [...named].sort() }
  } finally {
    await gateway.close({ deadlineMs: 200 })
  }
}

/** The methods that the files of a plugin call from its commands, by their names in the source. */
// What stands in templates is called by the plugins that are made of them.
export function callLiterals(plugin: string): string[] {
  const files = readdirSync(sourceOf(plugin), { recursive: true }).map(String).filter((file) => file.endsWith('.ts') && !/(^|\/)(index|contract|verbs)\.ts$|(^|\/)template\//.test(file))
  const texts = files.map((file) => readFileSync(join(sourceOf(plugin), file), 'utf8'))
  const found = texts.flatMap((text) => [...text.matchAll(/\b(?:call|write|change)\((?:io, )?'([\w.-]+)'/g)].map((match) => match[1]!))
  return [...new Set(found)].sort()
}
