/** Whether fetched libraries are still what was fetched, file by file. */
import { readFile } from 'node:fs/promises'
import { listFiles, sha512 } from '../install/hashes.ts'

const mostNamed = 5

/** Files of the folder that are not what the list beside it says; the list itself, where it cannot be read. */
export async function differing(folder: string): Promise<string[]> {
  try {
    const text = await readFile(`${folder}.files.json`, 'utf8')
    const wanted = JSON.parse(text) as Record<string, string>
    const { files, digest } = await listFiles(folder)
    if (sha512(text) === digest) return []
    return [...new Set([...Object.keys(wanted), ...Object.keys(files)])].filter((name) => wanted[name] !== files[name])
  } catch {
    return ['the list of its files'] // it cannot be compared: then nobody can say that it is whole
  }
}

export const fewOf = (names: readonly string[]): string => names.slice(0, mostNamed).join(', ') + (names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '')
