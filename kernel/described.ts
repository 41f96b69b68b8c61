/** Manifests that were made by running a plugin's code, kept for as long as that code does not change. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CodeSession } from './isolator.ts'
import { apiLevel, type Manifest } from './manifest.ts'
import { unchanged } from './modules.ts'

interface Kept { readonly api: number; readonly files: Readonly<Record<string, string>>; readonly manifest: Manifest }

/** `describe` runs only if a file has changed since it last did. */
export async function remembered(dir: string, place: string, describe: () => Promise<Manifest>, session: () => CodeSession | undefined): Promise<Manifest> {
  const file = join(dir, `${createHash('sha256').update(place).digest('hex').slice(0, 24)}.json`)
  const kept = await read(file)
  if (kept && await unchanged(new Map(Object.entries(kept.files)))) return kept.manifest
  const manifest = await describe()
  const files = session()?.hashes()
  if (files) await write(dir, file, { api: apiLevel, files: Object.fromEntries(files), manifest })
  return manifest
}

async function read(file: string): Promise<Kept | undefined> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Kept
    return kept.api === apiLevel && Object.keys(kept.files).length > 0 ? kept : undefined
  } catch {
    return undefined // none yet, or one that was cut off: it is made anew
  }
}

async function write(dir: string, file: string, kept: Kept): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await writeFile(`${file}.${process.pid}`, JSON.stringify(kept), { mode: 0o600 })
    await rename(`${file}.${process.pid}`, file)
  } catch {
    // What cannot be kept is found out again next time.
  }
}
