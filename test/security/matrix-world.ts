/** Every first-party plugin in one kernel, and a plugin of the test's own that says who calls and lets no handler run. */
import { readdirSync, existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as v from 'valibot'
import { callBefore, ConfigControl, connectionAuthenticate, contract, definePlugin, event, failures, method, route, upgrade } from 'nexus-gateway/sdk'
import type { Access, AuthAnswer, Caller, Cause, Command, Plugin } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import { fakeControl } from '../fixtures/config-control.ts'

const folder = join(import.meta.dirname, '..', '..', 'plugins')
const ids = readdirSync(folder).filter((id) => existsSync(join(folder, id, 'index.ts')))
const load = async <T>(id: string, file: string): Promise<T> => (await import(/* @vite-ignore */ pathToFileURL(join(folder, id, file)).href) as { default: T }).default

export const firstParty = (): Promise<Plugin[]> => Promise.all(ids.map((id) => load<Plugin>(id, 'index.ts')))
export const sourceOf = (id: string): string => join(folder, id)

/** By plugin, then by name. */
export async function allCommands(): Promise<ReadonlyMap<string, Readonly<Record<string, Command>>>> {
  const owners = ids.filter((id) => existsSync(join(folder, id, 'cli.ts')))
  return new Map(await Promise.all(owners.map(async (id) => [id, await load<Readonly<Record<string, Command>>>(id, 'cli.ts')] as const)))
}

/** One verb for each scope that no plugin may happen to use, and one of each kind. Their rows stand in the test. */
export const probe = contract({
  id: 'aa-matrix',
  methods: {
    'matrix.public': method({ scope: 'public' }),
    'matrix.approvals': method({ scope: 'operator.approvals' }),
    'matrix.pairing': method({ scope: 'operator.pairing' }),
    'matrix.own': method({ scope: 'matrix.manage' }),
    'matrix.node': method({ scope: 'node.host' }),
  },
  events: { 'matrix.told': event({ scope: 'matrix.manage', payload: v.strictObject({}) }) },
  routes: { 'GET /own': route({ scope: 'matrix.manage' }) },
  upgrades: { '/socket': upgrade({ scope: 'matrix.manage' }) },
})
const fail = failures({ NEXUS_MATRIX_STOPPED: { wire: 'UNAVAILABLE', text: 'let through, and stopped here', fix: 'None.' } })

export interface World extends AsyncDisposable {
  readonly k: TestKernel
  readonly commands: ReadonlyMap<string, Readonly<Record<string, Command>>>
  /** A credential that makes whoever shows it this caller. */
  tokenOf(caller: Caller): string
  /** What a plugin does for that caller. */
  callFrom(caller: Caller, name: string): Promise<unknown>
}

export async function bootAll(): Promise<World> {
  const [plugins, commands, state, settings] = await Promise.all([firstParty(), allCommands(), mkdtemp(join(tmpdir(), 'nexus-matrix-')), fakeControl({ plugins: {} })])
  const tokens = new Map<string, Caller>()
  let callFrom: World['callFrom'] = () => Promise.reject(new Error('not set up'))
  const driver = definePlugin({
    ...probe,
    capabilities: [`tap:${connectionAuthenticate.id}`, `tap:${callBefore.id}`],
    setup(ctx) {
      // Taps run by the ids of their plugins, so this one knows its tokens before `auth` refuses them, and stops what is
      // allowed before anything is limited, recorded or run.
      ctx.tap(connectionAuthenticate, ({ token }): AuthAnswer | undefined => {
        const caller = token === undefined ? undefined : tokens.get(token)
        return caller && { ok: true, caller }
      })
      ctx.tap(callBefore, () => { throw fail('NEXUS_MATRIX_STOPPED') })
      callFrom = (caller, name) => ctx.call(contract({ id: 'any', methods: { [name]: method({ scope: 'public' }) } }), name, undefined, { cause: causeOf(caller) })
      const none = (): undefined => undefined
      return {
        methods: { 'matrix.public': none, 'matrix.approvals': none, 'matrix.pairing': none, 'matrix.own': none, 'matrix.node': none },
        routes: { 'GET /own': () => new Response() },
        upgrades: { '/socket': (socket) => socket.close() },
      }
    },
  })
  const k = await testKernel({ plugins: [driver, ...plugins], provide: [[ConfigControl, settings.control]], stateDir: state, config: minimal, deadlines: { setup: 10_000, drain: 5_000, dispose: 5_000 } })
  return {
    k, commands,
    tokenOf(caller) {
      const token = `matrix-${tokens.size}`
      tokens.set(token, caller)
      return token
    },
    callFrom: (caller, name) => callFrom(caller, name),
    async [Symbol.asyncDispose]() {
      await k.close()
      await settings[Symbol.asyncDispose]()
      await rm(state, { recursive: true, force: true })
    },
  }
}

/** What a plugin cannot start without. */
const minimal = { secrets: { key: 'file' }, 'provider-openai-compatible': { baseUrl: 'http://127.0.0.1:9/v1' } }

export const causeOf = (caller: Caller): Cause => ({ caller, trace: 'matrix', path: [] })

export interface LiveVerb { readonly kind: 'method' | 'route' | 'upgrade' | 'event' | 'command'; readonly verb: string; readonly plugin: string; readonly scope: Access | 'caller' }

/** Everything that somebody can ask for or be told, as the running kernel has it. A command holds nothing: it asks as whoever ran it. */
export function liveVerbs({ k: { kernel }, commands }: World): LiveVerb[] {
  const groups = [...new Set(kernel.routes.values())]
  return [
    ...[...kernel.methods.values()].map(({ name, plugin, access }) => ({ kind: 'method' as const, verb: name, plugin, scope: access })),
    ...groups.flatMap(({ plugin, routes }) => routes.map(({ verb }) => ({ kind: 'route' as const, verb: verb.name, plugin, scope: verb.access }))),
    ...groups.flatMap(({ plugin, upgrades }) => [...upgrades].map(([path, { access }]) => ({ kind: 'upgrade' as const, verb: path, plugin, scope: access }))),
    ...[...kernel.events.values()].map(({ name, plugin, access }) => ({ kind: 'event' as const, verb: name, plugin, scope: access })),
    ...[...commands].flatMap(([plugin, all]) => Object.keys(all).map((verb) => ({ kind: 'command' as const, verb, plugin, scope: 'caller' as const }))),
  ]
}
