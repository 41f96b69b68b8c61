/** Where a secret comes from, as `{ $secret: "env:NAME" }` says it. Pure; no message made of it shows more than is fit to be seen. */
import type { NexusError } from '../errors.ts'
import { failConfig } from './errors.ts'

const kinds = {
  /** A variable's name, so that a secret written here by mistake is no source. */
  env: /^[A-Za-z_]\w{0,254}$/,
  file: /^[^\0\r\n]{1,4096}$/,
  exec: /^[^\0]{1,4096}$/,
  store: /^[A-Za-z0-9][\w.-]{0,63}$/,
} as const

export interface SecretSource {
  readonly kind: keyof typeof kinds
  /** The variable, the path, the command, or the name in the store. */
  readonly name: string
}

/** Whether `value` stands for a secret, rightly written or not. */
export const isReference = (value: unknown): value is { readonly $secret: unknown } => typeof value === 'object' && value !== null && Object.hasOwn(value, '$secret')

/** The source that a reference names; nothing if it names none that there is. */
export function sourceOf(reference: { readonly $secret: unknown }): SecretSource | undefined {
  const text = reference.$secret
  if (typeof text !== 'string' || Object.keys(reference).length !== 1) return undefined
  const colon = text.indexOf(':')
  const [kind, name] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)]
  return Object.hasOwn(kinds, kind) && kinds[kind as SecretSource['kind']].test(name) ? { kind: kind as SecretSource['kind'], name } : undefined
}

/** For people. Of a command only its first word: what follows may hold a secret, and so may a variable set before it. */
export function shownSource({ kind, name }: SecretSource): string {
  if (kind !== 'exec') return `${kind}:${name}`
  return `exec:${/^\s*([\w./~-]+)(?=\s|$)/.exec(name)?.[1] ?? '…'}`
}

/** NEXUS_SECRET_UNRESOLVED; the reason is in words of our own. */
export const unresolved = (source: SecretSource, reason: string): NexusError => failConfig('NEXUS_SECRET_UNRESOLVED', { source: shownSource(source), reason })
