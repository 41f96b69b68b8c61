/**
 * A part of the build: plugins outside the default set are wrapped, so that they look for their libraries before they
 * are set up, and each dynamic import of one of them is led to where it was found. What they need is written beside them.
 */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFor, type LibraryLock, type LockedPackage } from './lock.ts'

export interface Needy { readonly id: string; readonly dependencies?: Readonly<Record<string, string>> | undefined }
/** As much of a part of rolldown as this is. */
export interface BuildPart {
  readonly name: string
  resolveId(id: string): string | null
  load(id: string): string | null
  transform(code: string, id: string): string | null
  writeBundle(): Promise<void>
}

const shelf = '\0nexus-shelf:'
const entry = 'nexus-entry:'

/** For `input`: in place of the plugin's `index.ts`. */
export const entryOf = (id: string): string => `${entry}${id}`

/** `root` is the clone; `needy` the plugins that bring libraries of their own. Throws where the lockfile does not have one of them. */
export async function librariesPart(root: string, needy: readonly Needy[]): Promise<BuildPart> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Partial<LockedPackage>> }
  const locks = new Map<string, LibraryLock>()
  for (const { id, dependencies = {} } of needy) {
    const lock = lockFor(id, dependencies, packages)
    locks.set(id, { ...lock, bytes: await sizeOf(root, lock) })
  }
  const here = join(root, 'plugins', 'plugins', 'libraries', 'shelf.ts')

  return {
    name: 'nexus-libraries',
    resolveId: (id) => (id.startsWith(entry) || id.startsWith(shelf) ? (id.startsWith('\0') ? id : `\0${id}`) : null),
    load(id) {
      if (id.startsWith(`\0${entry}`)) {
        const plugin = id.slice(entry.length + 1)
        return `import plugin from ${JSON.stringify(join(root, 'plugins', plugin, 'index.ts'))}\nimport { onShelf } from ${JSON.stringify(here)}\nimport shelf from ${JSON.stringify(shelf + plugin)}\nexport default onShelf(plugin, shelf)\n`
      }
      const lock = id.startsWith(shelf) ? locks.get(id.slice(shelf.length)) : undefined
      if (!lock) return null
      const { packages: _, ...need } = lock
      return `import { shelfOf } from ${JSON.stringify(here)}\nexport default /* @__PURE__ */ shelfOf(${JSON.stringify(need)})\n`
    },
    transform(code, id) {
      const own = id.startsWith(join(root, 'plugins') + '/') ? id.slice(join(root, 'plugins').length + 1).split('/')[0]! : ''
      const libraries = Object.keys(locks.get(own)?.libraries ?? {})
      const isOwn = (to: string): boolean => libraries.some((name) => to === name || to.startsWith(`${name}/`))
      const stray = libraries.length === 0 ? undefined : [...code.matchAll(/^(?:import|export) (?!type )[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm)].find(([, to]) => isOwn(to!))
      if (stray) throw new Error(`${id} imports ${stray[1]} at once: a library that may have to be fetched is imported when it is needed, with \`await import\``)
      const led = code.replace(/(?<!typeof )\bimport\((['"])([^'"]+)\1\)/g, (whole, _, to: string) => (isOwn(to) ? `__shelf.open(${JSON.stringify(to)}, () => ${whole})` : whole))
      return led === code ? null : `import __shelf from ${JSON.stringify(shelf + own)}\n${led}`
    },
    async writeBundle() {
      for (const [id, lock] of locks) await writeFile(join(root, 'dist', 'plugins', id, 'libraries.json'), `${JSON.stringify(lock, null, 1)}\n`)
    },
  }
}

async function sizeOf(root: string, { packages }: Pick<LibraryLock, 'packages'>): Promise<number> {
  const sizes = await Promise.all(Object.keys(packages).map((place) => bytesIn(join(root, place))))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

async function bytesIn(dir: string): Promise<number> {
  let bytes = 0
  for (const found of await readdir(dir, { withFileTypes: true }).catch(() => [])) {
    if (found.isDirectory() && found.name !== 'node_modules') bytes += await bytesIn(join(dir, found.name))
    if (found.isFile()) bytes += (await stat(join(dir, found.name))).size
  }
  return bytes
}
