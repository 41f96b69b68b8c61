/** Which names may stand in a package. Pure, but for remembering the names it has allowed. */

const longestPath = 1_000
const longestPart = 255
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f]/

export interface Names {
  /** The path below the package's folder, empty for that folder itself; or why it may not stand there. */
  take(path: string, kind: 'file' | 'folder'): { readonly path: string } | string
}

/** On file systems that do not tell case or accents apart, two names that differ by no more are one. */
const folded = (name: string): string => name.normalize('NFC').toLowerCase()

export function packageNames(): Names {
  const taken = new Map<string, { readonly exact: string; readonly kind: 'file' | 'folder' }>()
  let root: string | undefined

  function place(path: string, kind: 'file' | 'folder'): string | undefined {
    const known = taken.get(folded(path))
    if (!known) taken.set(folded(path), { exact: path, kind })
    else if (known.exact !== path) return 'two names that differ by case or accents only'
    else if (known.kind !== kind || kind === 'file') return 'a name that stands there twice'
    return undefined
  }

  return {
    take(given, kind) {
      const parts = given.replace(/^\.\//, '').replace(/\/$/, '').split('/')
      const fault = faultOf(given, parts)
      if (fault) return fault
      const [top = '', ...rest] = parts
      // Everything in a package is in one folder, whatever that is called.
      if ((root ??= top) !== top) return 'files beside its folder'
      if (rest.length === 0) return kind === 'folder' ? { path: '' } : 'files beside its folder'
      for (let i = 1; i < rest.length; i++) {
        const clash = place(rest.slice(0, i).join('/'), 'folder')
        if (clash) return clash
      }
      const clash = place(rest.join('/'), kind)
      return clash ?? { path: rest.join('/') }
    },
  }
}

function faultOf(path: string, parts: readonly string[]): string | undefined {
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'an absolute path'
  if (path.includes('\\')) return 'a name with a backslash'
  if (control.test(path)) return 'a name with control characters'
  if (parts.includes('..')) return 'a path that leads out of it'
  if (parts.some((part) => part === '' || part === '.')) return 'a path with an empty part'
  if (path.length > longestPath || parts.some((part) => Buffer.byteLength(part) > longestPart)) return 'a name that is too long'
  return undefined
}
