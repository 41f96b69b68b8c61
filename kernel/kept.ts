/**
 * Manifests that were found sound, so that a start neither reads and checks hundreds of small files nor runs code to
 * learn what it declares. Each holds for as long as its files are what they were; a memory that is lost, damaged or of
 * another build is made anew. Nothing rests on it that lets code run: what was installed is verified before that.
 */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDir, realFs, replaceFile } from './config/atomic.ts'
import type { CodeSession } from './isolator.ts'
import { apiLevel, type Manifest } from './manifest.ts'

/** `seal`: the state of the one file that it stands in. `files`: the hashes of the code that it was made of. */
interface Entry { readonly seal?: string; readonly files?: Readonly<Record<string, string>>; readonly manifest: Manifest }
export interface Kept {
  /** Of the file as it is now. `keep` what is then read of it. */
  at(file: string): { readonly manifest: Manifest | undefined; keep(manifest: Manifest): void }
  /** `describe` runs only if a file of the code has changed since it last did. */
  described(place: string, describe: () => Promise<Manifest>, session: () => CodeSession | undefined): Promise<Manifest>
  /** For the process after: resolves when what is known is in the file, or cannot be. Nothing is written but by this. */
  save(): Promise<void>
}

const most = 2_000
/** A file that changed so short a time ago may change once more without looking any different. */
const settledMs = 2_000

/** `file` is read when it is first asked for. */
export function keepManifests(file: string): Kept {
  let known: Map<string, Entry> | undefined
  let isNew = false
  let saved: Promise<void> = Promise.resolve()
  const all = (): Map<string, Entry> => (known ??= read(file))

  function keep(key: string, entry: Entry): void {
    all().set(key, entry)
    isNew = true
  }

  return {
    at(path) {
      const found = sealOf(path)
      const entry = all().get(path)
      return {
        manifest: found && entry?.seal === found.seal ? entry.manifest : undefined,
        keep: (manifest) => { if (found?.settled) keep(path, { seal: found.seal, manifest }) },
      }
    },
    async described(place, describe, session) {
      const { unchanged } = await import('./modules.ts')
      const entry = all().get(place)
      if (entry?.files && await unchanged(new Map(Object.entries(entry.files)))) return entry.manifest
      const manifest = await describe()
      const files = session()?.hashes()
      if (files) keep(place, { files: Object.fromEntries(files), manifest })
      return manifest
    },
    save() {
      if (!isNew) return saved
      isNew = false
      // What cannot be kept is found out again next time.
      return saved = saved.then(() => write(file, [...all()].slice(-most))).catch(() => {})
    },
  }
}

/** Nothing where there is no such file, or none for us. */
function sealOf(path: string): { readonly seal: string; readonly settled: boolean } | undefined {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path)
    return { seal: `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`, settled: Date.now() - ctimeMs > settledMs }
  } catch {
    return undefined
  }
}

/** Of the text, and of who wrote it: another build may find other manifests sound. */
const digest = (text: string): string => createHash('sha256').update(`${apiLevel} ${sealOf(fileURLToPath(import.meta.url))?.seal} ${text}`).digest('hex')

function read(file: string): Map<string, Entry> {
  try {
    const [first, text = ''] = readFileSync(file, 'utf8').split('\n', 2)
    return new Map(first === digest(text) ? JSON.parse(text) as [string, Entry][] : [])
  } catch {
    return new Map() // none yet, or none that can be read
  }
}

async function write(file: string, entries: readonly (readonly [string, Entry])[]): Promise<void> {
  const text = JSON.stringify(entries)
  await ensureDir(dirname(file), realFs)
  await replaceFile(file, Buffer.from(`${digest(text)}\n${text}`), { fs: realFs, durable: false })
}
