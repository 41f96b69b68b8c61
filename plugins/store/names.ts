/** Names to file names that every operating system takes, and back. */
import { createHash } from 'node:crypto'
import { fail } from './errors.ts'

const part = /^[a-z0-9_][a-z0-9_-]{0,99}$/
const maxParts = 8
const rule = `Use up to ${maxParts} parts of a-z, 0-9, _ and - with / between them.`
/** The store's own directories, and one that may be emptied at any time. */
const reserved = new Set(['documents', 'leases', 'cache'])

export function checkName(kind: 'collection' | 'log', name: string): void {
  const parts = typeof name === 'string' ? name.split('/') : []
  if (parts.length < 1 || parts.length > maxParts || !parts.every((p) => part.test(p))) throw fail('NEXUS_STORE_NAME', { kind, rule })
  if (kind === 'log' && reserved.has(parts[0] as string)) throw fail('NEXUS_STORE_NAME', { kind, rule: 'Begin it with another word.' })
}

const maxKeyBytes = 1024
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f]/

export function checkKey(key: string): void {
  const fits = typeof key === 'string' && key !== '' && Buffer.byteLength(key) <= maxKeyBytes && !control.test(key) && Buffer.from(key).toString() === key
  if (!fits) throw fail('NEXUS_STORE_NAME', { kind: 'document or lease', rule: `Use 1 to ${maxKeyBytes} bytes of text without control characters.` })
}

/** Windows takes these for devices, whatever their extension. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)$/
/** 255 bytes are allowed; some are for the extension. */
const maxFileName = 200
const escape = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`

/**
 * Small letters, digits, `.`, `_` and `-` stay; every other byte becomes %XX, capitals too, since
 * some file systems do not tell them from small ones. A long key keeps its beginning and gets a digest after `~`.
 */
export function fileName(key: string): string {
  let name = ''
  for (const byte of Buffer.from(key)) name += plain(byte) ? String.fromCharCode(byte) : escape(byte)
  if (name.startsWith('.') || device.test(name.split('.', 1)[0] as string)) name = escape(name.charCodeAt(0)) + name.slice(1)
  if (name.endsWith('.')) name = name.slice(0, -1) + escape(0x2e)
  return name.length <= maxFileName ? name : `${name.slice(0, 120)}~${createHash('sha256').update(key).digest('hex')}`
}

/** Whether only the file itself knows its key. */
export const isShortened = (name: string): boolean => name.includes('~')

/** The key behind a file name that is not shortened; `undefined` if no key has this name. */
export function keyOf(name: string): string | undefined {
  try {
    const key = decodeURIComponent(name)
    return fileName(key) === name ? key : undefined
  } catch {
    return undefined // not of our making
  }
}

function plain(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x5f
}

/** The parts of a checked name as directories. */
export const pathParts = (name: string): string[] => name.split('/').map(fileName)
