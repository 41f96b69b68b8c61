/** `nexus plugins new`: a folder with a plugin whose test passes. */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fail } from './errors.ts'
import { namesFor, type Names } from './names.ts'
import { filesFor, type Release } from './template/files.ts'

export interface NewOptions { readonly dir?: string | undefined; readonly js?: boolean; readonly cwd: string; readonly release: Release & { readonly ids: readonly string[] } }
export interface Scaffold { readonly dir: string; readonly name: string; readonly id: string; readonly files: readonly string[]; readonly next: readonly string[] }

/** All of it or nothing, and never over something. Rejects with NEXUS_PLUGINS_NAME, NEXUS_PLUGINS_EXISTS. */
export async function scaffold(name: string, { dir, js = false, cwd, release }: NewOptions): Promise<Scaffold> {
  const names = namesFor(name, release.ids)
  const target = resolve(cwd, dir ?? basename(names.name))
  const files = filesFor(names, js ? 'js' : 'ts', release)
  await mkdir(dirname(target), { recursive: true })
  if (await holdsSomething(target)) throw fail('NEXUS_PLUGINS_EXISTS', { dir: target })
  const draft = join(dirname(target), `.${basename(target)}-${randomUUID().slice(0, 8)}`)
  await mkdir(draft)
  try {
    for (const [file, text] of Object.entries(files)) await writeFile(join(draft, file), text, { flag: 'wx' })
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Somebody else has made it meanwhile.
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw fail('NEXUS_PLUGINS_EXISTS', { dir: target }, error)
    throw error
  }
  return { dir: target, name, id: names.id, files: Object.keys(files), next: nextSteps(names, relative(cwd, target) || '.') }
}

async function holdsSomething(dir: string): Promise<boolean> {
  try {
    return (await readdir(dir)).length > 0
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}

const nextSteps = ({ id }: Names, place: string): string[] => [
  `cd ${/^[\w./-]+$/.test(place) ? place : `'${place.replaceAll('\'', '\'\\\'\'')}'`}`,
  'nexus plugins check',
  `nexus plugins add . --link && nexus call ${id}.greet '{"name":"Ada"}'`,
]
