/** A plugin under examination, as `nexus plugins check` does it: what it declares, and whether it comes and goes without a trace. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from '../../kernel/contract.ts'
import { NexusError, reasonOf } from '../../kernel/errors.ts'
import { createLoader, type Catalog } from '../../kernel/loader.ts'
import { manifestFaults, type Manifest } from '../../kernel/manifest.ts'
import type { Source, Tier } from '../../kernel/source.ts'
import { describe } from '../pack.ts'
import type { TestKernel, TestKernelOptions } from '../testing.ts'
import { LeakError } from './leaks.ts'

export interface ExamineOptions {
  /** Its block of `nexus.json5` while it runs. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly tiers: readonly Tier[]
}
/** Plain data. */
export interface Examination {
  /** What its code declares; missing where that could not be found out, and then `fault` says why. */
  readonly manifest?: Manifest
  readonly fault?: string
  /** How a whole manifest in its package.json differs from that. */
  readonly differs: readonly string[]
  /** Methods, events, routes and upgrades without a summary; methods without a result schema. */
  readonly unexplained: readonly string[]
  readonly untyped: readonly string[]
  readonly runs: readonly Run[]
}
export interface Run {
  readonly tier: Tier
  /** What went wrong, one line each; nothing is well. */
  readonly faults: readonly string[]
  /** Why it was not tried. */
  readonly skipped?: string
  /** Hooks it has tapped. */
  readonly taps: readonly string[]
}
type Boot = (options: TestKernelOptions<[]>) => Promise<TestKernel>

/** `folder` is absolute. Runs the plugin's code in this process; never rejects for what that does. */
export async function examineWith(boot: Boot, folder: string, { config, tiers }: ExamineOptions): Promise<Examination> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'nexus-examine-'))
  try {
    const loader = await createLoader({ cacheDir })
    const source = loader.path(folder, 'trusted')
    const plugin = await source.load()
    const manifest = await describe(folder, { tier: 'trusted', cacheDir })
    const runs: Run[] = []
    for (const tier of tiers) runs.push(await comesAndGoes(boot, folder, manifest, tier, config, loader))
    return { manifest, differs: await differences(source, plugin), ...gaps(plugin), runs }
  } catch (error) {
    return { fault: lineOf(error), differs: [], unexplained: [], untyped: [], runs: [] }
  } finally {
    await rm(cacheDir, { recursive: true, force: true })
  }
}

async function differences(source: Source, plugin: Plugin): Promise<string[]> {
  return manifestFaults(await source.manifest(), plugin)
}

function gaps(plugin: Plugin): Pick<Examination, 'unexplained' | 'untyped'> {
  const said = [plugin.methods, plugin.events, plugin.routes, plugin.upgrades].flatMap((table) => Object.entries((table ?? {}) as Record<string, { summary?: string }>))
  const methods = Object.entries((plugin.methods ?? {}) as Record<string, { result?: unknown }>)
  return { unexplained: said.filter(([, { summary }]) => !summary).map(([name]) => name), untyped: methods.filter(([, { result }]) => !result).map(([name]) => name) }
}

/** Started, replaced and taken away, on a kernel of its own; whatever is left of it at the end is a fault. */
async function comesAndGoes(boot: Boot, folder: string, manifest: Manifest, tier: Tier, config: ExamineOptions['config'], catalog: Catalog): Promise<Run> {
  const none = { tier, faults: [], taps: [] }
  if (tier === 'isolated' && manifest.tier === 'trusted') return { ...none, skipped: 'it says that it runs inside the gateway\'s process only' }
  const { ids, missing } = providersOf(manifest, catalog)
  if (missing.length > 0) return { ...none, skipped: `it needs ${missing.join(', ')}, which no plugin of this release provides` }
  const stateDir = await mkdtemp(join(tmpdir(), 'nexus-examine-'))
  try {
    // What a child process leaves open here is its keeper's, and may close a little later.
    const k = await boot({ plugins: [folder, ...ids], tier, stateDir, clock: 'fake', handles: tier === 'trusted', ...(config && { config: { [manifest.id]: config } }) })
    const found = await seen(k, manifest.id)
    return { tier, ...found }
  } catch (error) {
    if (error instanceof NexusError && error.code === 'NEXUS_PLUGIN_CONFIG' && !config) return { ...none, skipped: 'it does not start without settings: name a file with some in --config' }
    return { ...none, faults: error instanceof LeakError ? error.leaks : [lineOf(error)] }
  } finally {
    await rm(stateDir, { recursive: true, force: true })
  }
}

async function seen(k: TestKernel, id: string): Promise<Omit<Run, 'tier'>> {
  let taps: string[] = []
  try {
    await k.clock.advance(1)
    taps = (k.inspect(id)?.owned ?? []).filter((label) => label.startsWith('tap ')).map((label) => label.slice('tap '.length))
    await k.reload(id)
    await k.clock.advance(1)
    await k.unload(id)
    const left = k.inspect(id)?.owned ?? []
    await k.close()
    return { faults: left.map((what) => `it still has ${what} after it was unloaded`), taps }
  } catch (error) {
    await k.close().catch(() => {}) // what is wrong is known already
    return { faults: error instanceof LeakError ? error.leaks : [lineOf(error)], taps }
  }
}

/** First-party plugins that give it what it requires, and what they require in turn. */
function providersOf(manifest: Manifest, { manifests }: Catalog): { ids: readonly string[]; missing: readonly string[] } {
  const ids = new Set<string>()
  const missing: string[] = []
  const visit = ({ requires }: Manifest): void => {
    for (const { service, optional } of Object.values(requires)) {
      const provider = Object.values(manifests).find(({ provides }) => provides.includes(service))
      if (service === 'kernel/1' || optional || (provider && ids.has(provider.id))) continue
      if (!provider) missing.push(service)
      else visit((ids.add(provider.id), provider))
    }
  }
  visit(manifest)
  return { ids: [...ids], missing }
}

const lineOf = (error: unknown): string => (error instanceof NexusError ? `${error.code} ${error.message}. ${error.fix}` : reasonOf(error))
