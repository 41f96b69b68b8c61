/** An author's package.json, as far as packing and checking are concerned with it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from './errors.ts'

export interface AuthorPackage {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly license?: string
  readonly keywords?: readonly string[]
  readonly files?: readonly string[]
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly bundleDependencies?: readonly string[] | boolean
  readonly nexus: Readonly<Record<string, unknown>> & { readonly id: string; readonly entry: string; readonly cli?: string }
}
export interface Opened { readonly dir: string; readonly text: string; readonly about: AuthorPackage }

/** Rejects with NEXUS_PLUGINS_FOLDER. */
export async function openPackage(dir: string): Promise<Opened> {
  const no = (reason: string, cause?: unknown): Error => fail('NEXUS_PLUGINS_FOLDER', { dir, reason }, cause)
  const text = await readFile(join(dir, 'package.json'), 'utf8').catch((error: unknown) => { throw no('its package.json cannot be read', error) })
  const about = parsed(text)
  if (!about) throw no('its package.json is not a JSON object')
  if (typeof about['name'] !== 'string' || typeof about['version'] !== 'string') throw no('its package.json has no "name" and "version"')
  if (!/^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(about['version'])) throw no('its "version" is none such as 1.2.0')
  const { id, entry } = (about['nexus'] ?? {}) as Partial<AuthorPackage['nexus']>
  if (typeof id !== 'string' || typeof entry !== 'string') throw no('its package.json has no "nexus" with "id" and "entry"')
  return { dir, text, about: about as unknown as AuthorPackage }
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : undefined
  } catch {
    return undefined // said by the caller, which knows the place
  }
}

/** What `nexus` says of where the code is, and no more. */
export const stubOf = ({ nexus: { id, entry, cli } }: AuthorPackage): Readonly<Record<string, unknown>> => ({ api: 1, id, entry, ...(cli !== undefined && { cli }) })
export const isStub = ({ nexus }: AuthorPackage): boolean => Object.keys(nexus).every((key) => ['api', 'id', 'entry', 'cli'].includes(key))

/** The same file with these keys set, in its own indentation. */
export function withKeys(text: string, keys: Readonly<Record<string, unknown>>): string {
  const indent = /^\{\r?\n([ \t]+)"/.exec(text)?.[1] ?? 2
  return `${JSON.stringify({ ...JSON.parse(text) as object, ...keys }, null, indent)}\n`
}
