/** What installing works with, in one hand: the edge of everything in this folder. */
import type { Call, ConfigControlApi, KernelControlApi, Log, Manifest } from 'nexus-gateway/sdk'
import type { Containment } from './consent.ts'
import type { Programs } from './programs.ts'
import type { ScannerApi } from './verbs.ts'

export interface Tools {
  /** `plugins` of the state directory. */
  readonly dir: string
  /** The built plugins that ship with the gateway; nothing where it runs from its source. */
  shipped(): string | undefined
  readonly kernel: KernelControlApi
  readonly control: ConfigControlApi
  readonly programs: Programs
  readonly scanner: { readonly api: ScannerApi; readonly by: string } | undefined
  readonly log: Log
  now(): number
  /** Runs something after so many ms; gives what calls it off. */
  after(ms: number, run: () => void): () => void
  containment(call: Call): Promise<Containment>
  /** The manifest that code of the author's own amounts to: it may be run for that. Rejects if nobody can tell. */
  describe(place: string): Promise<Manifest>
  /** `config.edit`, on behalf of the call. */
  edit(params: { readonly baseHash?: string; readonly set: { path: string; value: unknown }[]; readonly unset: string[] }, call: Call): Promise<{ readonly noop?: true | undefined; readonly report: Changed }>
}
export interface Changed { readonly scheduled?: true | undefined; readonly started: readonly string[]; readonly stopped: readonly string[]; readonly blocked: readonly string[] }

/** Ids that no plugin from outside may have: those of this release and the keys of the settings that belong to the kernel. */
export function firstPartyIds({ kernel, control }: Pick<Tools, 'kernel' | 'control'>): string[] {
  const outside = kernel.list().filter(({ origin }) => origin === 'path' || origin === 'package').map(({ id }) => id)
  const builtin = kernel.list().filter(({ origin }) => origin === 'builtin').map(({ id }) => id)
  return [...new Set([...builtin, 'plugins', ...Object.keys(control.schema().properties ?? {})])].filter((id) => !outside.includes(id))
}
