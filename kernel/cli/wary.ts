/** For whoever loads plugins and minds what crashed before: no code of a plugin in quarantine is run, not even to learn its id. */
import { join } from 'node:path'
import type { NexusError } from '../errors.ts'
import { Marker } from '../marker.ts'
import type { Paths } from '../paths.ts'
import { createQuarantine, type Quarantine } from '../quarantine.ts'
import type { Source } from '../source.ts'

export interface Wary { readonly marker: Marker; readonly quarantine: Quarantine; /** Of others, nothing runs at all. */ readonly safe: boolean }

/** For a command: it notes nowhere whose code runs, since whoever sees it end has asked for it, and may interrupt it. */
export const waryOfHeld = ({ state }: Paths): Wary => ({ marker: new Marker(), quarantine: createQuarantine(join(state, 'config', 'quarantine.json')), safe: false })

/** Stands before a plugin that would run in this process. */
export function guardOf({ marker, quarantine, safe }: Wary): (source: Source) => Source {
  return (source) => {
    if (source.tier !== 'trusted') return source
    const run = async <T>(work: () => T | Promise<T>): Promise<T> => {
      const refusal: NexusError | undefined = quarantine.refusal(source)
      if (refusal) throw refusal
      if (safe) throw new Error('nothing of it runs in safe mode')
      const done = marker.loading(source)
      try {
        return await work()
      } finally {
        done()
      }
    }
    return Object.assign(Object.create(source) as Source, { manifest: () => run(() => source.manifest()), load: () => run(() => source.load()) })
  }
}
