import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')

export interface SourceFile {
  /** From the root, such as `kernel/scope.ts`. */
  readonly path: string
  readonly text: string
  readonly lines: number
  /** What it imports, dynamically too: a path from the root where relative, the specifier otherwise. */
  readonly imports: readonly string[]
}

const specifiers = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

export function sourcesOf(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => sourceOf(relative(root, join(entry.parentPath, entry.name)))))
}

function sourceOf(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const imports = [...text.matchAll(specifiers)].map(([, a, b, c]) => a ?? b ?? c ?? '')
  return { path, text, lines: text.trimEnd().split('\n').length, imports: imports.map((to) => (to.startsWith('.') ? posix.join(dirname(path), to) : to)) }
}

export interface PluginPackage {
  readonly name: string
  readonly private: boolean
  readonly type: string
  readonly description: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly nexus: Readonly<Record<string, unknown>>
}

export const pluginIds: readonly string[] = readdirSync(join(root, 'plugins'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name)

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as T
}
