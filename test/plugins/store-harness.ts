/** A store on a directory of its own, and a file system that fails when told to. */
import * as promises from 'node:fs/promises'
import { mkdtemp, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Log } from 'nexus-gateway/sdk'
import type { Fs } from '../../plugins/store/files.ts'
import { openStore, type OpenStore, type StoreOptions } from '../../plugins/store/store.ts'
import type { StoreUnderTest } from './store-under-test.ts'

const nothing = (): void => {}
export const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

export interface Line { readonly level: string; readonly message: string; readonly fields: Readonly<Record<string, unknown>> | undefined }
export function recordingLog(): Log & { readonly lines: Line[] } {
  const lines: Line[] = []
  const at = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => { lines.push({ level, message, fields }) }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

export async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-store-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** Closed when the test ends. */
export async function storeOn(dir: string, options: Partial<StoreOptions> = {}): Promise<OpenStore> {
  const store = await openStore({ dir, clock: { now: () => 1_000_000 }, log: silent, ...options })
  onTestFinished(() => store.close())
  return store
}

/** For the conformance suite, which disposes of it itself. */
export async function emptyStore(): Promise<StoreUnderTest> {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-store-'))
  let time = 1_000_000
  const opened: OpenStore[] = []
  const crash = async (): Promise<OpenStore> => {
    const store = await openStore({ dir, clock: { now: () => time }, log: silent })
    opened.push(store)
    return store
  }
  return {
    store: await crash(),
    crash,
    async reopen() {
      await opened.at(-1)?.close()
      return crash()
    },
    async advance(ms) { time += ms },
    async dispose() {
      for (const store of opened) await store.close()
      await rm(dir, { recursive: true })
    },
  }
}

export interface FaultyFs extends Fs {
  /** Calls made so far, by name, in order. */
  readonly calls: string[]
  /** Decides before each call; an error code makes it fail. A failing `write` leaves the first half of its bytes, one that fails with `late EIO` all of them. */
  fault: (call: string, index: number) => string | undefined
}

const handleCalls = new Set(['write', 'writeFile', 'datasync', 'sync', 'truncate', 'chmod', 'read', 'stat'])

export function faultyFs(): FaultyFs {
  const calls: string[] = []
  const check = (call: string): void => {
    calls.push(call)
    const code = faulty.fault(call, calls.length - 1)
    if (code) throw Object.assign(new Error(`${code}: injected into ${call}`), { code })
  }

  const wrap = (handle: FileHandle): FileHandle => new Proxy(handle, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (!handleCalls.has(String(name))) return value.bind(target) as unknown
      return async (...args: unknown[]) => {
        try {
          check(String(name))
        } catch (error) {
          if (name === 'write') await leftBy(error as Error, target, args)
          throw error
        }
        return Reflect.apply(value, target, args) as unknown
      }
    },
  })

  const faulty: FaultyFs = {
    calls,
    fault: () => undefined,
    async open(...args) { check('open'); return wrap(await promises.open(...args)) },
    mkdir: (async (...args: Parameters<typeof promises.mkdir>) => { check('mkdir'); return promises.mkdir(...args) }) as Fs['mkdir'],
    async chmod(...args) { check('chmod'); return promises.chmod(...args) },
    async rename(...args) { check('rename'); return promises.rename(...args) },
    async unlink(...args) { check('unlink'); return promises.unlink(...args) },
    readdir: promises.readdir,
    readFile: (async (...args: Parameters<typeof promises.readFile>) => { check('readFile'); return promises.readFile(...args) }) as Fs['readFile'],
  }
  return faulty
}

async function leftBy({ message }: Error, handle: FileHandle, [bytes, start, length, position]: unknown[]): Promise<void> {
  await handle.write(bytes as Buffer, start as number, message.startsWith('late') ? length as number : Math.floor((length as number) / 2), position as number)
}
