/** The list of a folder's files by hash, as the kernel compares it at every load. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../errors.ts'

export interface FileList {
  /** Relative path with `/` → `sha512-…`. */
  readonly files: Readonly<Record<string, string>>
  /** The same as it is written down, and the hash of that. */
  readonly text: string
  readonly digest: string
  readonly bytes: number
}

const atOnce = 16

/** Throws NEXUS_PLUGINS_ODD_FILE for what is neither a file nor a folder. */
export async function listFiles(dir: string): Promise<FileList> {
  const names = (await walk(dir)).sort()
  const hashes: [string, string][] = []
  let bytes = 0
  for (let i = 0; i < names.length; i += atOnce) {
    hashes.push(...await Promise.all(names.slice(i, i + atOnce).map(async (name): Promise<[string, string]> => {
      bytes += (await stat(join(dir, name))).size
      return [name, await hashFile(join(dir, name))]
    })))
  }
  const files = Object.fromEntries(hashes)
  const text = `${JSON.stringify(files, null, 1)}\n`
  return { files, text, digest: sha512(text), bytes }
}

/** Every file below `dir`. Links are followed by whoever opens them, and lead anywhere. */
export async function walk(dir: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(dir, below), { withFileTypes: true })
  const names: string[] = []
  for (const entry of entries) {
    const name = below + entry.name
    if (entry.isDirectory()) names.push(...await walk(dir, `${name}/`))
    else if (entry.isFile()) names.push(name)
    else throw fail('NEXUS_PLUGINS_ODD_FILE', { file: name })
  }
  return names
}

export async function hashFile(file: string): Promise<string> {
  const hashing = createHash('sha512')
  for await (const part of createReadStream(file)) hashing.update(part as Buffer)
  return `sha512-${hashing.digest('base64')}`
}

export const sha512 = (text: string): string => `sha512-${createHash('sha512').update(text).digest('base64')}`
