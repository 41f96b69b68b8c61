/** Plugins that are wanted and must not run: kept aside, shown as failed, and brought back when they are let go. */
import type { Wanted } from './change.ts'
import type { Changes } from './changes.ts'
import type { NexusError } from './errors.ts'
import type { Cause } from './provenance.ts'
import type { Quarantine } from './quarantine.ts'
import type { ChangeReport, Inspection } from './report.ts'

interface AsideHost {
  readonly quarantine: Quarantine
  wanted(id: string): Wanted | undefined
  apply(changes: Changes, cause: Cause): Promise<ChangeReport>
  now(): number
}
export interface Aside {
  /** Those of a whole list that may run. */
  free(list: readonly Wanted[]): Wanted[]
  /** Why the others do not, by id. */
  refused(): Map<string, NexusError>
  /** With what is known of it all the same. */
  shown<I extends Inspection | undefined>(plugin: I): I
  hold(id: string, reason: string, cause: Cause): Promise<ChangeReport>
  /** Lets go of those that are held; one that cannot run all the same is held as before. */
  reload(ids: readonly string[], cause: Cause): Promise<ChangeReport>
}

const nothing: ChangeReport = { started: [], stopped: [], blocked: [] }

export function createAside({ quarantine, wanted, apply, now }: AsideHost): Aside {
  const kept = new Map<string, Wanted>()
  return {
    free(list) {
      kept.clear()
      for (const plugin of list) if (plugin.source.origin !== 'builtin' && quarantine.refusal(plugin.source)) kept.set(plugin.source.id, plugin)
      return list.filter((plugin) => kept.get(plugin.source.id) !== plugin)
    },
    refused: () => new Map([...kept].flatMap(([id, { source }]) => {
      const refusal = quarantine.refusal(source)
      return refusal ? [[id, refusal] as const] : []
    })),
    shown(plugin) {
      const { source, why } = kept.get(plugin?.id ?? '') ?? {}
      return source && plugin?.state === 'failed' ? { ...plugin, why, origin: source.origin, place: source.place, tier: source.tier, files: source.files() } : plugin
    },
    async hold(id, reason, cause) {
      const plugin = wanted(id)
      quarantine.hold(id, { reason, at: now(), place: plugin?.source.place ?? kept.get(id)?.source.place ?? '' })
      if (!plugin) return nothing
      kept.set(id, plugin)
      return apply({ unload: [id] }, cause)
    },
    async reload(ids, cause) {
      const back = ids.flatMap((id) => {
        const plugin = kept.get(id)
        kept.delete(id)
        return [{ id, plugin, held: quarantine.release(id) }]
      })
      const load = back.flatMap(({ plugin }) => plugin ?? [])
      const reload = back.flatMap(({ id, plugin, held }) => (plugin || (held && !wanted(id)) ? [] : [id]))
      if (load.length + reload.length === 0) return nothing
      try {
        return await apply({ ...(load.length > 0 && { load }), ...(reload.length > 0 && { reload }) }, cause)
      } catch (error) {
        for (const { id, plugin, held } of back) {
          if (held) quarantine.hold(id, held)
          if (plugin) kept.set(id, plugin)
        }
        throw error
      }
    },
  }
}
