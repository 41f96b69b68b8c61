/** Params are never recorded, only a digest of them; and not even that of what looks secret, which could be guessed. */
import { hash } from 'node:crypto'

const secretName = /token|secret|passw|passphrase|api[-_]?key|private[-_]?key|authorization|cookie|credential|signature|pairingcode|^code$|^pin$/i

/** SHA-256 of the canonical JSON, hex. */
export const digestOf = (params: unknown): string => hash('sha256', canonical(params))

/**
 * Keys sorted, no spaces, what JSON knows; anything else by its `toJSON`, which of a `Secret` gives `[secret]`.
 * The value under a name that looks secret is left out.
 */
export function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return canonical((value as { toJSON(): unknown }).toJSON())
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${secretName.test(name) ? '"[secret]"' : canonical(inner)}`).join(',')}}`
}
