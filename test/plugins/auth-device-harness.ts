/** The devices part of `auth` in a kernel with the real store, and phones that speak the protocol to it. */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { callAuthorize, connectionAuthenticate, Connections, definePlugin, method } from 'nexus-gateway/sdk'
import type { AuthAnswer, AuthRequest } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import { authenticate } from '../../plugins/auth/authenticate.ts'
import { createDevices, looksLikeDeviceToken } from '../../plugins/auth/devices/devices.ts'
import { deviceEvents, deviceMethods, type PairedDevice, type PendingDevice } from '../../plugins/auth/devices/verbs.ts'
import { authErrors } from '../../plugins/auth/errors.ts'
import { refusals } from '../../plugins/auth/refusals.ts'
import { authorize, operatorScopes } from '../../plugins/auth/scopes.ts'
import type { AttemptsApi } from '../../plugins/limits/contract.ts'
import { Store, type Documents, type StoreApi } from '../../plugins/store/contract.ts'
import store from '../../plugins/store/index.ts'

export const sharedToken = 'the-shared-token'

export interface Bench extends AsyncDisposable {
  readonly k: TestKernel
  readonly dir: string
  readonly ended: { readonly ids: readonly string[]; readonly reason: string }[]
  readonly writes: string[]
  readonly writing: Set<Promise<unknown>>
  /** What a write meets before it happens: it may throw, or make it wait. */
  beforeWrite: ((what: string) => void | Promise<void>) | undefined
  call(name: string, params?: object, options?: Parameters<TestKernel['call']>[2]): Promise<never>
  list(): Promise<{ pending: PendingDevice[]; paired: PairedDevice[] }>
  enter(request: Partial<AuthRequest>): Promise<AuthAnswer>
  approve(answer: AuthAnswer, scopes?: readonly string[]): Promise<{ requestId: string; device: PairedDevice }>
}

export async function stateDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-devices-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

export async function bench(options: { readonly dir?: string; readonly attempts?: AttemptsApi; /** A way behind the devices' that takes its time. */ readonly slow?: () => Promise<void>; readonly clock?: 'real' } = {}): Promise<Bench> {
  const dir = options.dir ?? await stateDir()
  const b = { ended: [], writes: [], writing: new Set(), dir } as unknown as Bench
  const plugin = definePlugin({
    id: 'under-test', requires: { store: Store, connections: Connections }, exclusive: true, errors: authErrors,
    methods: { ...deviceMethods, 'test.read': method({ scope: 'operator.read' }), 'test.write': method({ scope: 'operator.write' }) }, events: deviceEvents,
    capabilities: ['tap:connection.authenticate', 'tap:call.authorize', 'kernel:connections'],
    async setup(ctx) {
      const end = (ids: readonly string[], reason: string): void => {
        b.ended.push({ ids, reason })
        ctx.deps.connections.end(({ id }) => ids.includes(id), reason)
      }
      const devices = await createDevices({ store: tapped(ctx.deps.store, b), clock: ctx.clock, log: ctx.log, scope: ctx.scope, end }, ctx.emit)
      const ways = [devices.way, { name: 'token', admit: byToken }, { name: 'slow', admit: () => options.slow?.().then(() => undefined) }]
      ctx.tap(connectionAuthenticate, (request) => authenticate(request, { ways, conditions: devices.conditions, strangers: devices.strangers, attempts: options.attempts }))
      ctx.tap(callAuthorize, (call, access) => authorize(call.caller, access))
      return { methods: { ...devices.methods, 'test.read': () => 'read', 'test.write': () => 'written' } }
    },
  })
  const k = await testKernel({ plugins: [store, plugin], stateDir: dir, ...(options.clock && { clock: options.clock }) })
  return Object.assign(b, {
    k,
    call: (name: string, params: object = {}, o = {}) => k.call(name, params, o) as Promise<never>,
    list: () => k.call('device.pair.list', {}) as ReturnType<Bench['list']>,
    enter: async (request: Partial<AuthRequest>) => await k.invoke(connectionAuthenticate, { transport: 'ws', listener: 'tcp', secure: false, remote: '192.0.2.1', peer: '192.0.2.1', headers: {}, role: 'operator', ...request }) as AuthAnswer,
    approve: (answer: AuthAnswer, scopes?: readonly string[]) => k.call('device.pair.approve', { requestId: requestIn(answer), ...(scopes && { scopes }) }) as ReturnType<Bench['approve']>,
    async [Symbol.asyncDispose]() {
      // What is written at the end is given real time for it: closing lets the fake one run on.
      if (options.clock !== 'real') await k.clock.advance(60_000)
      while (b.writing.size > 0) await Promise.allSettled(b.writing)
      await k.close()
    },
  })
}

function byToken({ token, role }: AuthRequest): AuthAnswer | undefined {
  if (token === undefined || looksLikeDeviceToken(token)) return undefined
  return token === sharedToken ? { ok: true, caller: { id: 'token', role, scopes: operatorScopes, label: 'operator' } } : refusals.tokenMismatch
}

/** The store, with its writes of documents seen and stopped. */
function tapped(real: StoreApi, b: Pick<Bench, 'writes' | 'writing' | 'beforeWrite'>): StoreApi {
  const written = async <T>(what: string, write: () => Promise<T>): Promise<T> => {
    await b.beforeWrite?.(what)
    b.writes.push(what)
    const done = write()
    b.writing.add(done)
    return done.finally(() => b.writing.delete(done))
  }
  return {
    ...real,
    documents<T>(collection: string): Documents<T> {
      const documents = real.documents<T>(collection)
      return { ...documents, put: (key, value, o) => written(`put ${collection} ${key}`, () => documents.put(key, value, o)), delete: (key, o) => written(`delete ${collection} ${key}`, () => documents.delete(key, o)) }
    },
  }
}

export interface Ask { readonly role?: 'operator' | 'node'; readonly scopes?: readonly string[]; readonly auth?: Readonly<Record<string, string>>; readonly remote?: string; readonly listener?: 'tcp' | 'unix'; readonly version?: 'v2' | 'v3' }

export interface Phone {
  readonly id: string
  /** The params of a `connect` that answers `nonce` at the time `now`. */
  connect(ask: Ask, nonce: string, now: number): Record<string, unknown>
  /** What a transport would ask for it. */
  request(b: Bench, ask?: Ask): Partial<AuthRequest>
  enter(b: Bench, ask?: Ask): Promise<AuthAnswer>
}

/** A client of the protocol, written from its description and not from the code under test. */
export function phone(name = 'A phone'): Phone {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url')
  const id = createHash('sha256').update(raw).digest('hex')

  function connect({ role = 'operator', scopes = ['operator.read'], auth = {}, version = 'v3' }: Ask, nonce: string, now: number): Record<string, unknown> {
    const token = auth['token'] ?? auth['deviceToken'] ?? auth['bootstrapToken'] ?? ''
    const text = `${version}|${id}|openclaw-ios|ui|${role}|${scopes.join(',')}|${now}|${token}|${nonce}${version === 'v3' ? '|ios|phone' : ''}`
    const signature = sign(null, Buffer.from(text), privateKey).toString('base64url')
    return {
      minProtocol: 3, maxProtocol: 4, client: { id: 'openclaw-ios', version: '1', platform: 'iOS', deviceFamily: 'Phone', displayName: name, mode: 'ui' },
      role, scopes, ...(Object.keys(auth).length > 0 && { auth }), device: { id, publicKey: raw.toString('base64url'), signature, signedAt: now, nonce },
    }
  }

  const request = (b: Bench, ask: Ask = {}): Partial<AuthRequest> => {
    const nonce = randomUUID()
    const { token, password } = ask.auth ?? {}
    return {
      role: ask.role ?? 'operator', connect: connect(ask, nonce, b.k.clock.now()), nonce,
      ...(token !== undefined && { token }), ...(password !== undefined && { password }), ...(ask.remote !== undefined && { remote: ask.remote }), ...(ask.listener && { listener: ask.listener }),
    }
  }
  return { id, connect, request, enter: (b, ask) => b.enter(request(b, ask)) }
}

/** `in` or the refusal's code, with its reason. */
export function verdict(answer: AuthAnswer): string {
  if (answer.ok) return 'in'
  const reason = answer.details?.['reason']
  return typeof reason === 'string' ? `${answer.code} ${reason}` : answer.code
}
export const requestIn = (answer: AuthAnswer): string => (answer.ok ? '' : String(answer.details?.['requestId']))
export const scopesIn = (answer: AuthAnswer): string[] => (answer.ok ? [...answer.caller.scopes].sort() : ['refused'])
export const toldIn = (answer: AuthAnswer): string | undefined => (answer.ok ? answer.tell?.['deviceToken'] : undefined)

/** Asks, is approved, and comes in: gives its device token. */
export async function pair(b: Bench, who: Phone, ask: Ask = {}, scopes?: readonly string[]): Promise<string> {
  await b.approve(await who.enter(b, ask), scopes)
  return toldIn(await who.enter(b, ask)) as string
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'ok', (error: unknown) => String((error as { code?: unknown }).code))
}
