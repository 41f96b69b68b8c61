/** The tokens part of `auth` in a kernel with the real store, and who was ended when. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { callAuthorize, connectionAuthenticate, definePlugin } from 'nexus-gateway/sdk'
import type { AuthAnswer, AuthRequest } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import { authenticate } from '../../plugins/auth/authenticate.ts'
import { authErrors } from '../../plugins/auth/errors.ts'
import { authorize } from '../../plugins/auth/scopes.ts'
import { createTokens } from '../../plugins/auth/tokens/tokens.ts'
import { tokenMethods, type MintedToken, type TokenEntry } from '../../plugins/auth/tokens/verbs.ts'
import { Store, type Documents, type StoreApi } from '../../plugins/store/contract.ts'
import store from '../../plugins/store/index.ts'

export interface Ended { readonly ids: readonly string[]; readonly reason: string; readonly at: number; /** Whether `watched` still let somebody in. */ readonly stale: boolean }

export interface Bench extends AsyncDisposable {
  readonly k: TestKernel
  readonly dir: string
  readonly ended: readonly Ended[]
  /** Writes of documents, as `auth/tokens ci`. */
  readonly writes: string[]
  /** What a write meets before it happens: it may throw, or make it wait. */
  beforeWrite: ((what: string) => void | Promise<void>) | undefined
  /** A token that is tried when somebody is ended. */
  watched: string | undefined
  create(params: object, options?: Parameters<TestKernel['call']>[2]): Promise<MintedToken>
  rotate(name: string, options?: Parameters<TestKernel['call']>[2]): Promise<MintedToken>
  revoke(name: string, options?: Parameters<TestKernel['call']>[2]): Promise<unknown>
  list(): Promise<TokenEntry[]>
  /** What whoever sends this token is answered; nothing but service tokens is known here. */
  enter(token: string | undefined, request?: Partial<AuthRequest>): AuthAnswer | undefined
}

export async function stateDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-tokens-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

export async function bench(options: { readonly dir?: string; readonly ledger?: boolean } = {}): Promise<Bench> {
  const dir = options.dir ?? await stateDir()
  const ended: Ended[] = []
  const b = { ended, dir, writes: [] as string[] } as unknown as Bench
  const plugin = definePlugin({
    id: 'under-test', methods: tokenMethods, requires: { store: Store }, exclusive: true, errors: authErrors, capabilities: ['tap:connection.authenticate', 'tap:call.authorize'],
    async setup(ctx) {
      const end = (ids: readonly string[], reason: string): void => void ended.push({ ids, reason, at: ctx.clock.now(), stale: b.enter(b.watched)?.ok === true })
      const tokens = await createTokens({ store: tapped(ctx.deps.store, b), clock: ctx.clock, log: ctx.log, scope: ctx.scope, end }, (text) => (options.ledger ? [text.includes('/')] : []))
      ctx.tap(connectionAuthenticate, (request) => authenticate(request, { ways: [tokens.way], conditions: [], attempts: undefined }))
      ctx.tap(callAuthorize, (call, access) => authorize(call.caller, access))
      return { methods: tokens.methods }
    },
  })
  const k = await testKernel({ plugins: [store, plugin], stateDir: dir })
  return Object.assign(b, {
    k,
    create: (params: object, o = {}) => k.call('tokens.create', params, o) as Promise<MintedToken>,
    rotate: (name: string, o = {}) => k.call('tokens.rotate', { name }, o) as Promise<MintedToken>,
    revoke: (name: string, o = {}) => k.call('tokens.revoke', { name }, o),
    list: async () => (await k.call('tokens.list', {}) as { tokens: TokenEntry[] }).tokens,
    enter: (token: string | undefined, request = {}) => k.invoke(connectionAuthenticate, { transport: 'http', listener: 'tcp', secure: false, remote: '127.0.0.1', peer: '127.0.0.1', headers: {}, role: 'operator', ...(token !== undefined && { token }), ...request }) as AuthAnswer | undefined,
    [Symbol.asyncDispose]: () => k.close(),
  })
}

/** The store, with its writes of documents seen and stopped. */
function tapped(real: StoreApi, b: Pick<Bench, 'writes' | 'beforeWrite'>): StoreApi {
  const written = async <T>(what: string, write: () => Promise<T>): Promise<T> => {
    await b.beforeWrite?.(what)
    b.writes.push(what)
    return write()
  }
  return {
    ...real,
    documents<T>(collection: string): Documents<T> {
      const documents = real.documents<T>(collection)
      return { ...documents, put: (key, value, o) => written(`${collection} ${key}`, () => documents.put(key, value, o)), delete: (key, o) => written(`${collection} ${key}`, () => documents.delete(key, o)) }
    },
  }
}

/** Documents of a store nobody has open. */
export async function seed(dir: string, collection: string, documents: Readonly<Record<string, unknown>>): Promise<void> {
  await using k = await testKernel({ plugins: [store], stateDir: dir })
  const kept = (await k.service(Store)).documents(collection)
  await Promise.all(Object.entries(documents).map(([key, value]) => kept.put(key, value)))
}

/** Everything in the state directory as one text. */
export async function filesIn(dir: string): Promise<string> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const texts = await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')))
  return texts.join('\n')
}
