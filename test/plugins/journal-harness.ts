/** Journals in folders of their own, journals in memory to be damaged, and a file system that fails when told to. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import * as promises from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Cause, Log } from 'nexus-gateway/sdk'
import type { JournalEntry } from '../../plugins/journal/contract.ts'
import { firstOf, segmentName, type Fs, type JournalFiles } from '../../plugins/journal/files.ts'
import { createJournal, type JournalOptions, type OpenJournal } from '../../plugins/journal/journal.ts'

/** The long forms: `NEXUS_TEST_FULL=1`. */
export const full = process.env['NEXUS_TEST_FULL'] === '1'

const nothing = (): void => {}
export const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
export const self: Cause = { caller: { id: 'journal', role: 'operator', scopes: new Set(), label: 'plugin' }, trace: 'start', path: ['journal'] }

export async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-journal-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

let time = 1_767_225_600_000
/** Closed when the test ends; open it again without closing it, and it is as after a crash. */
export function journalIn(dir: string, options: Partial<JournalOptions> = {}): OpenJournal {
  const journal = createJournal({ dir: join(dir, 'journal'), now: () => time++, log: silent, self, segmentBytes: 16 << 20, maxBytes: 1 << 30, ...options })
  onTestFinished(() => journal.close())
  return journal
}

export const entry = (subject: string, more: Partial<JournalEntry> = {}): JournalEntry => ({
  cause: { caller: { id: 'token:ops', role: 'operator', scopes: new Set(['operator.admin']), label: 'operator' }, trace: `t-${subject}`, path: ['plugins'] },
  verb: 'plugins.reload', access: 'operator.admin', subject, params: { ids: [subject] }, decision: 'allow', outcome: 'pending', ...more,
})

// ── In memory ───────────────────────────────────────────────────────────────────────────────────

export type Folder = Map<string, Buffer>

export async function folderOf(dir: string): Promise<Folder> {
  const path = join(dir, 'journal')
  const names = (await readdir(path, { withFileTypes: true })).filter((found) => found.isFile()).map(({ name }) => name).sort()
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(path, name))] as const)))
}

export function inMemory(folder: Folder): JournalFiles {
  return {
    names: async () => [...folder.keys()],
    small: async (name) => folder.get(name),
    async open(first) {
      const bytes = folder.get(segmentName(first))
      return bytes && { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length), close: async () => {} }
    },
  }
}

export const segmentsIn = (folder: Folder): string[] => [...folder.keys()].filter((name) => firstOf(name) !== undefined).sort()

/** A closed journal of about so many bytes. */
export async function journalOf(bytes: number, options: Partial<JournalOptions> = {}): Promise<{ dir: string; folder: Folder }> {
  const dir = await temporaryDir()
  const journal = journalIn(dir, options)
  for (let n = 0, size = 0; size < bytes; size += 470 * 50) await Promise.all(Array.from({ length: Math.min(50, Math.ceil((bytes - size) / 470)) }, () => journal.record(entry(`plugin-${n++}`))))
  await journal.close()
  return { dir, folder: await folderOf(dir) }
}

/** Lehmer's generator: the same numbers, from 0 to below 1, for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

// ── Faults ──────────────────────────────────────────────────────────────────────────────────────

export interface FaultyFs extends Fs {
  readonly calls: string[]
  /** Decides before each call, `NAME` or `NAME of FILE`; an error code makes it fail. A failing `write` leaves half of its bytes. */
  fault: (call: string, index: number) => string | undefined
}

const handleCalls = new Set(['write', 'datasync', 'sync', 'truncate', 'chmod', 'read', 'stat'])

export function faultyFs(): FaultyFs {
  const calls: string[] = []
  const check = (call: string): void => {
    calls.push(call)
    const code = faulty.fault(call, calls.length - 1)
    if (code) throw Object.assign(new Error(`${code}: injected into ${call}`), { code })
  }
  const nameOf = (path: unknown): string => String(path).split('/').at(-1) as string

  const wrap = (handle: FileHandle, file: string): FileHandle => new Proxy(handle, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (!handleCalls.has(String(name))) return value.bind(target) as unknown
      return async (...args: unknown[]) => {
        try {
          check(`${String(name)} of ${file}`)
        } catch (error) {
          if (name === 'write' && file !== 'head') await handle.write(args[0] as Buffer, args[1] as number, Math.floor((args[2] as number) / 2), args[3] as number)
          throw error
        }
        return Reflect.apply(value, target, args) as unknown
      }
    },
  })

  const faulty: FaultyFs = {
    calls,
    fault: () => undefined,
    async open(...args) { check(`open of ${nameOf(args[0])}`); return wrap(await promises.open(...args), nameOf(args[0])) },
    mkdir: (async (...args: Parameters<typeof promises.mkdir>) => { check('mkdir'); return promises.mkdir(...args) }) as Fs['mkdir'],
    async chmod(...args) { check('chmod'); return promises.chmod(...args) },
    async rename(...args) { check('rename'); return promises.rename(...args) },
    async unlink(...args) { check('unlink'); return promises.unlink(...args) },
    readdir: promises.readdir,
  }
  return faulty
}
