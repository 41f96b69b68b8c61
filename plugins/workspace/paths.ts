/** A path that somebody gave, as the names to walk. Only text is looked at here; what is on disk is for `walk.ts`. */
import { fail } from './errors.ts'

const maxParts = 64
const maxBytes = 4_096
const maxNameBytes = 255
/** Names that Windows gives to devices, with any extension. */
const devices = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i

/** `.` and '' are the root: no names. Nothing is decoded: `%2e` is three characters of a name. Throws NEXUS_WORKSPACE_PATH. */
export function namesOf(path: string, root: string, platform: NodeJS.Platform = process.platform): string[] {
  if (Buffer.byteLength(path) > maxBytes) throw bad('it is too long')
  if (/[\p{Cc}\p{Cs}]/u.test(path)) throw bad('it has control characters, or halves of characters')
  if (path.includes('\\')) throw bad('it has a backslash; folders are separated by /')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) throw bad('it is an address, not a path')
  const names = below(path, root).split('/').filter((name) => name !== '' && name !== '.')
  if (names.length > maxParts) throw bad(`it has more than ${maxParts} parts`)
  for (const name of names) checkName(name, platform)
  return names
}

/** An absolute path is taken if it is the root's own, letter for letter. */
function below(path: string, root: string): string {
  if (path.startsWith('~')) throw bad('it begins with ~; the workspace is no home')
  if (!path.startsWith('/') && !/^[a-z]:(\/|$)/i.test(path)) return path
  const base = root.replaceAll('\\', '/').replace(/\/+$/, '')
  if (path === base) return ''
  if (!path.startsWith(`${base}/`)) throw fail('NEXUS_WORKSPACE_OUTSIDE', { reason: 'it is an absolute path of something else' })
  return path.slice(base.length + 1)
}

function checkName(name: string, platform: NodeJS.Platform): void {
  if (name === '..') throw fail('NEXUS_WORKSPACE_OUTSIDE', { reason: 'it goes up with ..' })
  if (Buffer.byteLength(name) > maxNameBytes) throw bad(`a name in it is longer than ${maxNameBytes} bytes`)
  if (platform === 'win32' && (/[<>:"|?*]|[. ]$/.test(name) || devices.test(name))) throw bad('a name in it means something else on Windows')
}

const bad = (reason: string) => fail('NEXUS_WORKSPACE_PATH', { reason })
