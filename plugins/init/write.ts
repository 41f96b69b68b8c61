/** Writes the settings through the gateway, or through the kernel where none runs; and takes them back if the model does not answer. */
import { NexusError } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import type { ConfigHistory, ConfigSnapshot, ConfigWriteResult } from '../config/contract.ts'
import type { ModelsProbe } from '../models/contract.ts'
import { fail } from './errors.ts'
import { editFor, freshText, referenceTo, type Chosen, type Edit } from './settings.ts'

export interface Plan { readonly before: ConfigSnapshot; readonly fresh: string | undefined; readonly edit: Edit }
export interface Written { readonly noop: boolean; undo(): Promise<void> }

const probeMs = 25_000

/** Throws NEXUS_INIT_BROKEN. */
export async function readSettings(io: CommandIo): Promise<ConfigSnapshot> {
  const before = await io.call('config.get') as ConfigSnapshot
  if (before.raw === null || (before.exists && !before.valid)) throw fail('NEXUS_INIT_BROKEN', { file: before.path })
  return before
}

/** A file that says nothing yet, not even in a comment, is written anew. */
export function planFor(chosen: Chosen, before: ConfigSnapshot): Plan {
  const isNew = !before.exists || (before.raw ?? '').trim() === ''
  return { before, fresh: isNew ? freshText(chosen) : undefined, edit: editFor(chosen, before.parsed) }
}

export async function write(io: CommandIo, { before, fresh, edit }: Plan): Promise<Written> {
  const base = before.hash === '' ? {} : { baseHash: before.hash }
  const done = (fresh === undefined ? await io.call('config.edit', { ...base, set: edit.set, unset: edit.unset }) : await io.call('config.set', { ...base, raw: fresh })) as ConfigWriteResult
  return { noop: done.noop === true, undo: () => (done.noop ? Promise.resolve() : takeBack(io, before, done.hash)) }
}

async function takeBack(io: CommandIo, before: ConfigSnapshot, baseHash: string): Promise<void> {
  const { backups } = await io.call('config.history') as ConfigHistory
  const id = before.exists ? backups.find(({ hash }) => hash === before.hash)?.id : undefined
  if (id !== undefined) await io.call('config.restore', { id, baseHash, force: true })
  else await io.call('config.set', { raw: '{}\n', baseHash, force: true })
}

export interface Answered { readonly durationMs: number; /** It did not answer in time, which may be the loading of a large model. */ readonly late: boolean }

/** Asks the model for a word, by the road that every message takes. Throws NEXUS_INIT_PROBE. */
export async function probe(io: CommandIo, chosen: Chosen): Promise<Answered> {
  const model = referenceTo(chosen)
  const { ok, kind, message = 'it does not say why', fix, durationMs } = await asked(io, model)
  if (ok) return { durationMs, late: false }
  if (kind === 'timeout') return { durationMs, late: true }
  throw fail('NEXUS_INIT_PROBE', { reason: message, fix: fix ?? 'Look at the name of the model and at the key.' })
}

async function asked(io: CommandIo, model: string): Promise<ModelsProbe> {
  try {
    return await io.call('models.probe', { model, timeoutMs: probeMs }) as ModelsProbe
  } catch (error) {
    if (!(error instanceof NexusError) && typeof (error as { fix?: unknown }).fix !== 'string') throw error
    const { message, fix } = error as NexusError
    throw fail('NEXUS_INIT_PROBE', { reason: message, fix }, error)
  }
}
