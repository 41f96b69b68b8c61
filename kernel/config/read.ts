/** The first step: a file becomes a plain table, or one clear fault with its place. */
import { readFile, stat } from 'node:fs/promises'
import JSON5 from 'json5'
import { fail, reasonOf } from '../errors.ts'
import { isTable } from './schema.ts'

export type RawConfig = Readonly<Record<string, unknown>>

const maxBytes = 4 * 1024 * 1024
const maxDepth = 64

/**
 * Reads JSON5. A file that is not there is an empty config, unless `mustExist`.
 * Throws NEXUS_CONFIG_UNREADABLE, NEXUS_CONFIG_SYNTAX, NEXUS_CONFIG_INVALID.
 */
export async function readRaw(file: string, options: { readonly mustExist?: boolean } = {}): Promise<RawConfig> {
  const text = await readText(file)
  if (text === undefined) {
    if (!options.mustExist) return {}
    throw fail('NEXUS_CONFIG_UNREADABLE', { file, reason: 'there is no such file' })
  }
  return parseRaw(text, file)
}

async function readText(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file)
    if (size > maxBytes) throw fail('NEXUS_CONFIG_UNREADABLE', { file, reason: `it is larger than ${maxBytes} bytes` })
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (!(error as NodeJS.ErrnoException).code?.startsWith('E')) throw error
    throw fail('NEXUS_CONFIG_UNREADABLE', { file, reason: reasonOf(error) }, error)
  }
}

export function parseRaw(text: string, file: string): RawConfig {
  const raw = parse(text, file)
  if (!isTable(raw)) throw fail('NEXUS_CONFIG_INVALID', { file, faults: 'the file must hold one object, such as {}' })
  const faults = unsafeKeys(raw, '', 0)
  if (faults.length > 0) throw fail('NEXUS_CONFIG_INVALID', { file, faults: faults.join('; ') })
  return raw
}

function parse(text: string, file: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON5.parse(text)
  } catch (error) {
    const { lineNumber = 1, columnNumber = 1, message = '' } = error as { lineNumber?: number; columnNumber?: number; message?: string }
    // JSON5 quotes the character it stumbled over, which may be one of a secret.
    const reason = message.replace(/^JSON5: /, '').replace(/ '.*'/s, '').replace(/ at \d+:\d+$/, '')
    throw fail('NEXUS_CONFIG_SYNTAX', { file, line: lineNumber, column: Math.max(1, columnNumber), reason })
  }
}

/** Keys that would reach an object's prototype where settings are merged, and nesting nobody writes by hand. */
function unsafeKeys(value: unknown, where: string, depth: number): string[] {
  if (typeof value !== 'object' || value === null) return []
  if (depth > maxDepth) return [`"${where.split('.', 4).join('.')}…" is nested more than ${maxDepth} deep`]
  return Object.entries(value).flatMap(([key, sub]) => {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') return [`"${where}${key}" is not allowed as a key`]
    return unsafeKeys(sub, `${where}${key}.`, depth + 1)
  })
}
