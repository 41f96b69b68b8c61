/** What `nexus plugins add` is given: where a plugin is to come from. Pure. */
import { isAbsolute } from 'node:path'
import { fail } from '../errors.ts'

/** `path` is absolute; what stands there decides between a tarball, a folder and a file. */
export type Spec =
  | { readonly kind: 'npm'; readonly name: string; readonly range: string }
  | { readonly kind: 'git'; readonly url: string; readonly ref: string | undefined }
  | { readonly kind: 'path'; readonly path: string }

const longest = 2_000
const packageName = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/
/** A version, a range or a tag; nothing that leads anywhere else. */
const range = /^[\w.+\-^~<>=|* ]*$/
const remote = /^git\+(https|ssh):\/\/[^\s\p{Cc}]+$/u
const local = /^git\+file:\/\/\/[^\s\p{Cc}]+$/u
const ref = /^(?!-)[\w./+-]{1,200}$/

export const isPackageName = (text: string): boolean => text.length <= 214 && packageName.test(text) && !text.startsWith('-') && !text.includes('..')
/** What may stand as the version of a dependency: nothing but the registry answers to it. */
export const isRange = (text: string): boolean => range.test(text)

/** How a shell would know a path; a bare name is a package, save for a tarball's. */
export const isPathLike = (text: string): boolean => isAbsolute(text) || /^(\.{1,2}([/\\]|$)|~\/|file:)/.test(text) || /^[^@:]*\.(tgz|tar\.gz)$/i.test(text)

/** Throws NEXUS_PLUGINS_SPEC. Relative paths have to be resolved before. */
export function parseSpec(text: string): Spec {
  const spec = text.length > longest ? undefined : isPathLike(text) ? pathSpec(text) : isGit(text) ? gitSpec(text) : npmSpec(text)
  if (!spec) throw fail('NEXUS_PLUGINS_SPEC')
  return spec
}

function pathSpec(text: string): Spec | undefined {
  const path = text.replace(/^file:(\/\/(?=\/))?/, '')
  return isAbsolute(path) && !path.includes('\0') ? { kind: 'path', path } : undefined
}

const isGit = (text: string): boolean => text.startsWith('git+') || /^https:\/\/[^#]+\.git(#|$)/.test(text)

function gitSpec(text: string): Spec | undefined {
  const [whole = '', wanted, ...rest] = (text.startsWith('git+') ? text : `git+${text}`).split('#')
  if (rest.length > 0 || !(remote.test(whole) || local.test(whole)) || (wanted !== undefined && (!ref.test(wanted) || wanted.includes('..')))) return undefined
  const url = whole.slice('git+'.length)
  // A host that begins with a dash would be an option of ssh; a password would stand in the lockfile for all to read.
  return /^\w+:\/\/([^/@]*@)?-|^\w+:\/\/[^/@]*:[^/@]*@|^https:\/\/[^/]*@/.test(url) ? undefined : { kind: 'git', url, ref: wanted }
}

function npmSpec(text: string): Spec | undefined {
  const at = text.indexOf('@', 1)
  const [name, wanted] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
  return isPackageName(name) && isRange(wanted) && !wanted.startsWith('-') ? { kind: 'npm', name, range: wanted } : undefined
}

/** As it stands in the lockfile. */
export const specText = (spec: Spec): string =>
  spec.kind === 'npm' ? spec.name + (spec.range && `@${spec.range}`) : spec.kind === 'git' ? `git+${spec.url}${spec.ref === undefined ? '' : `#${spec.ref}`}` : spec.path
