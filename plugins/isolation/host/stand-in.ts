/** The definition that stands in the gateway for a plugin elsewhere: declared as its manifest says, done by its process. */
import * as v from 'valibot'
import { definePlugin } from 'nexus-gateway/sdk'
import type { Call, Manifest, Plugin, RouteContext } from 'nexus-gateway/sdk'
import type { CodeSession, IsolatedCode } from 'nexus-gateway/sdk/hosting'
import { Isolation, type IsolationApi } from '../contract.ts'
import { fail } from '../errors.ts'
import { callData, causeData, type CauseHandle } from '../wire/call.ts'
import { createLoans, type Loan } from '../wire/loans.ts'
import type { Begun, Beginning } from '../wire/messages.ts'
import { withoutSecrets } from '../wire/secret.ts'
import { createCalls, type Calls } from './calls.ts'
import { mustCross } from './crossing.ts'
import { createDuties, type AnyCtx } from './duties.ts'
import { grantsOf } from './grants.ts'
import { createKeeper, type Keeper, type Life } from './keeper.ts'
import { startLife, type Life as AnyLife } from './life.ts'
import { askRoute } from './route.ts'
import { createSpares, type Spares } from './spares.ts'

/** The name of its own service among those the plugin asks for; none of an author's begins like this. */
export const ownService = '#isolation'
/** Who answers whether bubblewrap can be used: a reason why not, or nothing. */
export type Probe = () => Promise<string | undefined>

// What the plugin's own schemas say is checked where they are: in its process.
const anything = v.any()
const startMs = 10_000

export function standIn(code: IsolatedCode, manifest: Manifest, probe: Probe, spares: Spares = createSpares()): Plugin {
  mustCross(manifest)
  /** One for all lives of this definition: what falls over is started again as it was, whatever its files hold by now. */
  let session: Promise<CodeSession> | undefined
  let isNew = true
  const { id } = manifest
  const declared = <T extends object>(scopes: Readonly<Record<string, string>>, more: T) => table(Object.keys(scopes), (name) => ({ scope: scopes[name], ...more }))
  const token = (service: string) => ({ kind: 'service', id: service, ...(manifest.members?.[service] && { members: manifest.members[service] }) }) as const

  function setup(ctx: AnyCtx): object | Promise<object> {
    const isolation = (ctx.deps as Readonly<Record<string, unknown>>)[ownService] as IsolationApi
    const calls = createCalls()
    const once = () => (session ??= code.session().catch((error: unknown) => {
      session = undefined
      throw error
    }))
    const keeper = createKeeper({
      plugin: id, eager: manifest.eager ?? false,
      start: () => begin({ ctx, code, manifest, session: once, calls, isolation, probe, spares }),
      onDown(reason) {
        calls.clear()
        ctx.log.error('its process is gone', { reason })
      },
      onQuarantine: (reason) => isolation.quarantined(id, reason),
    })
    const unlist = isolation.list(keeper.status)
    ctx.scope.defer(() => keeper.close(farewell), 'process')
    ctx.scope.defer(unlist, 'entry of isolation.list')
    for (const hook of manifest.taps) ctx.tap({ kind: 'hook', id: hook, mode: 'series', onError: 'isolate' }, tapOf(keeper, hook) as never)
    const wanted = manifest.eager || isNew && isolation.serving()
    isNew = false
    const parts = {
      methods: table(Object.keys(manifest.methods), (name) => methodOf(keeper, calls, name)),
      routes: table(Object.keys(manifest.routes), (key) => routeOf(keeper, calls, key)),
      provides: table(manifest.provides, (service) => serviceOf(keeper, service, manifest.members?.[service] ?? [])),
      handOver: () => (keeper.life ? keeper.life.link.ask('handOver', {}) : ctx.inherited),
    }
    return wanted ? keeper.use().then(() => parts) : parts
  }

  return definePlugin({
    ...(manifest as object), id,
    methods: table(Object.keys(manifest.methods), (name) => ({ scope: manifest.methods[name], params: anything, ...(manifest.limits?.[name] && { limit: manifest.limits[name] }) })),
    events: declared(manifest.events, { payload: anything }),
    routes: declared(manifest.routes, {}),
    provides: table(manifest.provides, token),
    requires: table(Object.keys(manifest.requires), (name) => requirement(manifest, name)),
    config: anything,
    setup,
  } as never)
}

const closeMs = 1_500
function table<T>(names: readonly string[], make: (name: string) => T): Record<string, T> {
  const made: Record<string, T> = {}
  for (const name of names) made[name] = make(name)
  return made
}

function requirement({ requires }: Manifest, name: string): object {
  if (name === ownService) return Isolation
  const { service, optional } = requires[name] as { service: string; optional: boolean }
  const token = { kind: 'service', id: service }
  return optional ? { kind: 'optional', token } : token
}

// ── What the gateway asks of the plugin ─────────────────────────────────────────────────────────

function methodOf(keeper: Keeper, calls: Calls, name: string) {
  const ask = ({ link, wake }: Life, params: unknown, call: Call): Promise<unknown> => {
    let number = 0
    const entered = (id: number): void => {
      number = id
      calls.enter(id, call, () => link.stop(id))
    }
    wake()
    const done = link.ask('call', { name, params, call: callData(call) }, undefined, entered)
    return done.finally(() => calls.leave(number))
  }
  return (params: unknown, call: Call): Promise<unknown> => {
    const { life } = keeper
    return life ? ask(life, params, call) : keeper.use().then((begun) => ask(begun, params, call))
  }
}

function routeOf(keeper: Keeper, calls: Calls, key: string) {
  return async (c: RouteContext, call: Call): Promise<Response> => {
    const life = await keeper.use()
    life.wake()
    return askRoute(life, calls, key, c, call)
  }
}

function tapOf(keeper: Keeper, hook: string) {
  return async (...args: readonly unknown[]): Promise<unknown> => {
    return lending(await keeper.use(), args, (link, loan) => link.ask('tap', { hook, ...loan }))
  }
}

function serviceOf(keeper: Keeper, service: string, members: readonly string[]): Readonly<Record<string, unknown>> {
  return table(members, (member) => async (...args: readonly unknown[]): Promise<unknown> => {
    return lending(await keeper.use(), args, (link, loan) => link.ask('use', { service, member, ...loan }))
  })
}

async function lending({ link, loans, wake }: Life, args: readonly unknown[], ask: (link: Life['link'], loan: Loan) => Promise<unknown>): Promise<unknown> {
  wake()
  const { loan, release } = loans.lend(args)
  try {
    return await ask(link, loan)
  } finally {
    release()
  }
}

// ── How it begins ───────────────────────────────────────────────────────────────────────────────

interface BeginOptions {
  readonly ctx: AnyCtx
  readonly code: IsolatedCode
  readonly manifest: Manifest
  readonly session: () => Promise<CodeSession>
  readonly calls: Calls
  readonly isolation: IsolationApi
  readonly probe: Probe
  readonly spares: Spares
}

async function begin({ ctx, code, manifest: whole, session, calls, isolation, probe, spares }: BeginOptions): Promise<Life> {
  const manifest = asDeclared(whole)
  const { id } = manifest
  const limits = isolation.limitsOf(id)
  const reason = limits.bwrap === 'off' ? 'is turned off' : await probe()
  if (limits.bwrap === 'required' && reason !== undefined) throw fail('NEXUS_ISOLATION_NO_BWRAP', { plugin: id, reason })
  const { data, secrets } = withoutSecrets(ctx.config)
  const duties = createDuties({ ctx, manifest, calls, secrets, link: () => begun?.link, loans: () => loans, kill: (reason) => begun?.kill(reason) })
  let begun: AnyLife | undefined = undefined as AnyLife | undefined
  const loans = createLoans({
    giveCause(cause) {
      const { number, release } = calls.lend(cause)
      return { data: causeData(cause, number), release }
    },
    takeCause: (handle) => duties.causeOf(handle as CauseHandle),
    abort: (signal) => begun?.link.say('aborted', signal),
  })
  const failure = (why: string): Error => fail('NEXUS_ISOLATION_DOWN', { plugin: id, reason: why })
  begun = await startLife({
    session: await session(), root: code.root, grants: await grantsOf(id, manifest.capabilities, ctx.paths.state), limits, bwrap: reason === undefined,
    eager: manifest.eager ?? false, entry: code.entry, begin: (options) => spares.take(code.place, options), answers: duties.answers, hears: duties.hears, onOutput: duties.output, failure,
  })
  void begun.ended.then(duties.end)
  // Not a copy: what it uses and where it is are read from it later.
  return Object.assign(await started(begun, beginning(ctx, code, manifest, data), ctx.scope.signal, failure), { loans })
}

/** Without what the gateway has added for itself, which the process has no business with. */
function asDeclared(manifest: Manifest): Manifest {
  const { [ownService]: _, ...requires } = manifest.requires
  return { ...manifest, requires }
}

function beginning(ctx: AnyCtx, code: IsolatedCode, manifest: Manifest, config: unknown): Beginning {
  const deps = ctx.deps as Readonly<Record<string, unknown>>
  return {
    manifest, entry: code.entry, config, paths: ctx.paths, inherited: ctx.inherited, trace: ctx.cause.trace,
    services: Object.keys(manifest.requires).filter((name) => deps[name] !== undefined), now: ctx.clock.now(),
  }
}

async function started(life: AnyLife, body: Beginning, unloaded: AbortSignal, failure: (reason: string) => Error): Promise<AnyLife> {
  const end = (reason: string): void => void farewell(life).then(() => life.kill(reason))
  const late = setTimeout(() => end(`it was not ready within ${startMs / 1_000} s: look for a promise that never resolves`), startMs)
  const onUnloaded = (): void => end('it was unloaded')
  if (unloaded.aborted) onUnloaded()
  else unloaded.addEventListener('abort', onUnloaded, { once: true })
  try {
    await (life.link.ask('run', body) as Promise<Begun>)
    await life.located
    return life
  } catch (error) {
    // What it had started before it failed is closed, as in the gateway itself.
    await farewell(life)
    life.kill(error instanceof Error ? error.message : 'it could not be started')
    await life.ended
    throw error instanceof Error ? error : failure('it could not be started')
  } finally {
    clearTimeout(late)
    unloaded.removeEventListener('abort', onUnloaded)
  }
}

/** Lets it close all it has started; its word that it has is not waited for longer than `closeMs`. */
function farewell({ link }: AnyLife): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, closeMs)
    void link.ask('close', {}).catch(() => {}).then(() => {
      clearTimeout(late)
      resolve()
    })
  })
}
