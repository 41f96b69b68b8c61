/** Installing as a part of the running plugin: what the kernel gives, as the tools of the installer, and the methods. */
import { dirname, isAbsolute, join } from 'node:path'
import * as v from 'valibot'
import { contract, method } from 'nexus-gateway/sdk'
import type { Call, ConfigControlApi, KernelControlApi } from 'nexus-gateway/sdk'
import { config, type DoctorFinding } from '../../config/contract.ts'
import { fail } from '../errors.ts'
import type { Containment } from './consent.ts'
import type { Installer, StageParams } from './installer.ts'
import type { Tools } from './tools.ts'
import type { ScannerApi, Staged } from './verbs.ts'

/** Of the plugin `isolation`, as far as it is needed here. */
const isolation = contract({ id: 'isolation', methods: { 'isolation.list': method({ scope: 'operator.read', params: v.optional(v.strictObject({})) }) } })
const Isolation = v.looseObject({ containment: v.picklist(['bwrap', 'node']) })

export interface Host extends Pick<Tools, 'log'> {
  readonly kernel: KernelControlApi
  readonly control: ConfigControlApi | undefined
  readonly scanner: ScannerApi | undefined
  readonly state: string
  readonly env: () => NodeJS.ProcessEnv
  readonly clock: { now(): number; setTimeout(run: () => void, ms: number): unknown; clearTimeout(timer: unknown): void }
  call: Caller
  emit(staged: Staged): void
  onOpen(close: () => Promise<void>): void
}
type Caller = <M, K extends keyof M & string>(of: { readonly id: string; readonly methods?: M }, name: K, params: never, options: { readonly cause: Call }) => Promise<unknown>

type Open = () => Promise<Installer>

/** Nothing is touched, nor loaded, until somebody asks. */
export function installService(host: Host): Open {
  let made: Promise<Installer> | undefined
  const make = async ({ control }: Host): Promise<Installer> => {
    if (!control) throw fail('NEXUS_PLUGINS_NO_SETTINGS')
    const [{ createInstaller }, { programs }] = await Promise.all([import('./installer.ts'), import('./programs.ts')])
    const installer = createInstaller(toolsOf(host, control, programs), (staged) => host.emit(staged))
    host.onOpen(installer.close)
    return installer
  }
  return () => made ??= make(host)
}

function toolsOf({ kernel, scanner, state, env, clock, call, log }: Host, control: ConfigControlApi, programs: (env: Host['env']) => Tools['programs']): Tools {
  return {
    dir: join(state, 'plugins'),
    kernel, control, log,
    shipped() {
      const { origin, place = '' } = kernel.inspect('plugins') ?? {}
      return origin === 'builtin' && isAbsolute(place) ? dirname(place) : undefined
    },
    programs: programs(env),
    scanner: scanner && { api: scanner, by: kernel.list().find(({ provides }) => provides.includes('scanner/1'))?.id ?? 'scanner/1' },
    now: () => clock.now(),
    after(ms, run) {
      const timer = clock.setTimeout(run, ms)
      return () => clock.clearTimeout(timer)
    },
    async containment(cause): Promise<Containment> {
      const answer = await call(isolation, 'isolation.list', {} as never, { cause }).catch(() => undefined /* not there, or not telling: then nobody can say */)
      const { success, output } = v.safeParse(Isolation, answer)
      return success ? output.containment : undefined
    },
    async describe(place) {
      const manifest = await control.describe(place)
      // What the gateway itself adds for the tier is nothing that the plugin asks for.
      return { ...manifest, requires: Object.fromEntries(Object.entries(manifest.requires).filter(([name]) => !name.startsWith('#'))) }
    },
    edit: (params, cause) => call(config, 'config.edit', params as never, { cause }) as ReturnType<Tools['edit']>,
  }
}

/** Not in the order of trust but by name, so that a label that is added later is not trusted by chance. */
const trusted: readonly string[] = ['operator', 'device']

/** What is installed is agreed to by a person: no agent, schedule, channel or other plugin does that, whatever scopes it holds. Throws NEXUS_PLUGINS_GUARDED. */
function person({ caller: { label } }: Call): void {
  if (!trusted.includes(label)) throw fail('NEXUS_PLUGINS_GUARDED', { label })
}

/** The methods of `install/verbs.ts`. */
export function installHandlers(open: Open) {
  const changing = async (call: Call): Promise<Installer> => {
    person(call)
    return open()
  }
  return {
    'plugins.stage': async (params: StageParams, call: Call) => (await changing(call)).stage(params, call),
    'plugins.staged': async ({ ticket, seen }: { ticket: string; seen?: Staged['phase'] | undefined }, call: Call) => (await open()).staged(ticket, seen, call.signal),
    'plugins.commit': async ({ ticket, accept }: { ticket: string; accept: string }, call: Call) => (await changing(call)).commit(ticket, accept, call),
    'plugins.discard': async ({ ticket }: { ticket: string }, call: Call) => {
      await (await changing(call)).discard(ticket)
      return { ok: true as const }
    },
    'plugins.remove': async ({ id, data }: { id: string; data: boolean }, call: Call) => (await changing(call)).remove(id, data, call),
    'plugins.enable': async ({ id }: { id: string }, call: Call) => (await changing(call)).turn(id, true, call),
    'plugins.disable': async ({ id }: { id: string }, call: Call) => (await changing(call)).turn(id, false, call),
    'plugins.grants': async ({ id }: { id?: string | undefined }) => ({ grants: await (await open()).grants(id) }),
    'plugins.agree': async ({ id, accept }: { id: string; accept: string }, call: Call) => (await changing(call)).agree(id, accept, call),
    'plugins.outdated': async ({ id }: { id?: string | undefined }, call: Call) => ({ plugins: await (await open()).outdated(id, call.signal) }),
    'plugins.search': async ({ text }: { text: string }, call: Call) => ({ found: await (await open()).search(text, call.signal) }),
    'plugins.doctor': async ({ fix }: { fix: boolean }, call: Call) => (await (fix ? changing(call) : open())).doctor(fix),
  }
}

/** What `nexus doctor` is told of installed plugins. */
export async function installChecks(open: Open): Promise<DoctorFinding[]> {
  const { findings } = await (await open()).doctor(false)
  return findings.map(({ repairable, ...finding }) => ({ ...finding, ...(repairable && { repair: async () => void await (await open()).doctor(true) }) }))
}
