/** The corpus against gateways of our own: cases that can share one do, and each is run in both modes. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { built } from '../../fixtures/built.ts'
import { startGateway } from './gateway.ts'
import { createOperators, prepare, warm } from './prepare.ts'
import { reload } from './process.ts'
import { startRegistry } from './registry.ts'
import { createRun, createSources, runMeasured, serversOf, type Result, type Servers } from './run.ts'
import type { Case, Mode, Setup } from './schema.ts'
import { isAble } from './standing.ts'
import type { Run } from './seen.ts'
import { prepareSteps } from './steps.ts'
import type { Lookup } from './variables.ts'

export interface Options {
  /** The long forms. */
  readonly full?: boolean
  /** Gateways at a time, and cases of one at a time. */
  readonly gateways?: number
  readonly abreast?: number
  readonly done?: (result: Result) => void
}
interface Hall { readonly usual: ReadonlySet<string>; readonly sources: ReturnType<typeof createSources>; readonly options: Options }

export async function runCorpus(cases: readonly Case[], options: Options = {}): Promise<Result[]> {
  const { all, usual } = builtPlugins()
  const absent = cases.filter(({ needs }) => needs.some((id) => !all.has(id)))
  const results = absent.flatMap(({ id, needs, modes }) => modes.map((mode): Result => ({ id, mode, outcome: 'not applicable', seen: [`there is no plugin ${needs.filter((need) => !all.has(need)).join(', ')}`], ms: 0 })))
  for (const result of results) options.done?.(result)
  const groups = new Map<string, Case[]>()
  const able = new Map([...new Set(cases.flatMap(({ setup }) => setup.able))].map((what) => [what, isAble(what)]))
  const unable = cases.filter((one) => !absent.includes(one) && one.setup.able.some((what) => !able.get(what)))
  for (const { id, modes, setup } of unable) results.push(...modes.map((mode): Result => ({ id, mode, outcome: 'not applicable', seen: [`this machine lets nobody make a ${setup.able.join(' or a ')}`], ms: 0 })))
  for (const one of cases) if (!absent.includes(one) && !unable.includes(one)) groups.set(groupOf(one), [...groups.get(groupOf(one)) ?? [], one])
  const hall = { usual, sources: createSources(), options }
  // The large ones first, so that no long one is left for the end.
  const bySize = [...groups.values()].sort((a, b) => b.length - a.length)
  await inParallel(bySize, options.gateways ?? 3, async (group) => { results.push(...await runGroup(group, hall)) })
  return results
}

/** Everything that makes one gateway unfit for another case. */
function groupOf({ id, setup: { own, settings, plugins, env, files, umask, registry } }: Case): string {
  return own === true ? id : JSON.stringify([own, settings, plugins, env, files, umask, registry !== undefined])
}

/** Ids that the build has, and those of them that run without being asked for. */
function builtPlugins(): { readonly all: ReadonlySet<string>; readonly usual: ReadonlySet<string> } {
  const { defaults, manifests } = JSON.parse(readFileSync(join(built(), 'plugins', 'manifests.json'), 'utf8')) as { defaults: string[]; manifests: Record<string, unknown> }
  return { all: new Set(Object.keys(manifests)), usual: new Set(defaults) }
}

async function runGroup(cases: readonly Case[], { usual, sources, options: { full = false, abreast = 4, done = () => {} } }: Hall): Promise<Result[]> {
  const results: Result[] = []
  const { setup } = cases[0]!
  const needed = [...new Set(cases.flatMap(({ needs }) => needs))]
  const servers = new Map(await Promise.all(cases.map(async (one) => [one.id, await serversOf(one)] as const)))
  const registry = cases.some(({ setup: own }) => own.registry) ? await startRegistry() : undefined
  const runs: Run[] = []
  const finish = (result: Result): void => {
    results.push(result)
    done(result)
  }
  const failed = (id: string, mode: Mode, what: string, error: unknown): void => finish({ id, mode, outcome: 'failed', seen: [`${what}: ${error instanceof Error ? error.message : String(error)}`], ms: 0 })
  let end = (): Promise<void> => Promise.resolve()

  try {
    const target = await startGateway({ ...wantedOf(setup), env: { ...registry?.env, ...setup.env }, plugins: [...needed.filter((id) => !usual.has(id)), ...setup.plugins.map((file) => join(import.meta.dirname, '..', file))] }, settingsLookup(servers.get(cases[0]!.id)!))
    end = target.own.end
    const operators = createOperators(target)
    const prepared = async (mode: Mode): Promise<Run[]> => {
      const made: Run[] = []
      for (const one of cases.filter(({ modes }) => modes.includes(mode))) {
        const run = createRun(one, mode, target, servers.get(one.id)!, { source: sources(target), full, registry })
        runs.push(run)
        try {
          for (const server of run.servers.values()) Object.assign(server, { hits: 0, said: [] })
          await prepare(run, operators)
          await prepareSteps(run, one.setup.steps)
          made.push(run)
        } catch (error) {
          failed(one.id, mode, 'it could not be prepared', error)
        }
      }
      return made
    }
    const measured = cases.some(({ expect }) => expect.some(({ rssMiB }) => rssMiB !== undefined))
    const runAll = async (runs: readonly Run[]): Promise<void> => {
      if (measured && runs[0]) await warm(runs[0], operators)
      await inParallel(runs, setup.own ? 1 : abreast, async (run) => finish(await runMeasured(run)))
    }

    await runAll(await prepared('fresh'))
    const after = await prepared('after')
    if (after.length === 0) return results
    for (const id of new Set(['auth', ...needed])) if (target.plugins.has(id)) await reload(after[0]!, id, await operators(after[0]!))
    await target.own.restart('kill')
    await runAll(after)
  } catch (error) {
    for (const { id, modes } of cases) for (const mode of modes) if (!results.some((one) => one.id === id && one.mode === mode)) failed(id, mode, 'its gateway failed', error)
  } finally {
    for (const some of servers.values()) for (const server of some.values()) server.end()
    // A mount would keep what it lies in.
    for (const { undo } of runs) for (const step of undo.reverse()) step()
    await end()
    registry?.end()
    for (const { work: dir } of runs) rmSync(dir, { recursive: true, force: true })
  }
  return results
}

/** Plugins that the test itself brings are part of the test, not of what is tested, and run where they can do anything. */
const wantedOf = ({ settings, plugins, env, files, umask }: Setup): Pick<Setup, 'settings' | 'env' | 'files' | 'umask'> =>
  ({ settings: plugins.length > 0 ? { pluginPolicy: { trusted: ['*'] }, ...settings } : settings, env, files, umask })

/** What settings may speak of: the servers of their case. */
const settingsLookup = (servers: Servers): Lookup => (name) => {
  const [first, second = 'canary', last] = name === 'canary' ? ['servers'] : name.split('.')
  return first !== 'servers' ? undefined : last === 'port' ? String(servers.get(second)?.port) : servers.get(second)?.url
}

async function inParallel<T>(items: readonly T[], abreast: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++]!)
  }
  await Promise.all(Array.from({ length: Math.min(abreast, items.length) }, worker))
}
