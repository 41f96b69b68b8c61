/** Documents: one file per key, `{"key":…,"revision":…,"value":…}`. */
import { join } from 'node:path'
import type { Budget } from './budget.ts'
import type { Document, Documents } from './contract.ts'
import { errno, fail, readFailed, writeFailed } from './errors.ts'
import type { Files } from './files.ts'
import { checkKey, fileName, isShortened, keyOf } from './names.ts'
import type { Sequence } from './sequence.ts'
import { createSerial } from './serial.ts'

export interface DocumentsEnv { readonly files: Files; readonly budget: Budget; readonly sequence: Sequence; readonly maxBytes: number }

/** Makes collections: `label` is for errors, `dir` is where the files are. */
export function createDocuments(env: DocumentsEnv): <T>(label: string, dir: string) => Documents<T> {
  const { files, budget, sequence, maxBytes } = env
  const serial = createSerial()

  return <T>(label: string, dir: string): Documents<T> => {
    const fileOf = (key: string): string => {
      checkKey(key)
      return join(dir, `${fileName(key)}.json`)
    }

    async function load(file: string): Promise<(Document<T> & { readonly key: string }) | undefined> {
      const text = await files.fs.readFile(file, 'utf8').catch((error: unknown) => {
        if (errno(error) === 'ENOENT') return undefined
        throw readFailed(`a document of ${label}`, error)
      })
      return text === undefined ? undefined : parse<T>(text, label, file)
    }

    async function expect(file: string, revision: number | undefined): Promise<void> {
      if (revision === undefined) return
      if (((await load(file))?.revision ?? 0) !== revision) throw fail('NEXUS_STORE_CONFLICT', { collection: label })
    }

    async function guarded<R>(write: () => Promise<R>): Promise<R> {
      try {
        return await write()
      } catch (error) {
        const failed = writeFailed(`a document of ${label}`, error)
        if (failed.code === 'NEXUS_STORE_WRITE') budget.counts.failures++
        throw failed
      }
    }

    return {
      async get(key) {
        const found = await load(fileOf(key))
        return found && { value: found.value, revision: found.revision }
      },
      async put(key, value, { revision } = {}) {
        const file = fileOf(key)
        const json = toJson(value, label)
        const bytes = Buffer.byteLength(json)
        if (bytes > maxBytes) throw fail('NEXUS_STORE_TOO_LARGE', { collection: label, limit: maxBytes })
        return budget.spend(bytes, () => serial(file, () => guarded(async () => {
          await expect(file, revision)
          const next = await sequence.next()
          await files.writeAtomic(file, `{"key":${JSON.stringify(key)},"revision":${next},"value":${json}}\n`)
          return next
        })))
      },
      async delete(key, { revision } = {}) {
        const file = fileOf(key)
        return budget.spend(0, () => serial(file, () => guarded(async () => {
          await expect(file, revision)
          return files.remove(file)
        })))
      },
      async keys() {
        const names = await files.fs.readdir(dir).catch((error: unknown) => {
          if (errno(error) === 'ENOENT') return []
          throw readFailed(`the collection ${label}`, error)
        })
        const keys: string[] = []
        for (const name of names) {
          if (!name.endsWith('.json')) continue
          const base = name.slice(0, -5)
          const key = isShortened(base) ? (await load(join(dir, name)))?.key : keyOf(base)
          if (key !== undefined) keys.push(key)
        }
        return keys
      },
    }
  }
}

function toJson(value: unknown, label: string): string {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (error) {
    throw fail('NEXUS_STORE_VALUE', { collection: label }, error)
  }
  if (json === undefined) throw fail('NEXUS_STORE_VALUE', { collection: label })
  return json
}

function parse<T>(text: string, label: string, file: string): Document<T> & { readonly key: string } {
  try {
    const read = JSON.parse(text) as { key?: unknown; revision?: unknown; value?: unknown } | null
    if (typeof read?.key === 'string' && Number.isSafeInteger(read.revision) && 'value' in read) return read as Document<T> & { key: string }
  } catch (error) {
    throw fail('NEXUS_STORE_DAMAGED', { collection: label, file }, error)
  }
  throw fail('NEXUS_STORE_DAMAGED', { collection: label, file })
}
