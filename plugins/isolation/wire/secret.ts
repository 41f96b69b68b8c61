/** Settings on their way to a plugin's process. A secret goes as its number: its value is asked for at each use. */
import { Secret } from 'nexus-gateway/sdk'

const mark = '$isolated-secret'
const isTable = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === 'object' && x !== null
const isSecret = (x: unknown): x is Secret => isTable(x) && (x['constructor'] as Partial<typeof Secret> | undefined)?.brand === Secret.brand

export function withoutSecrets(block: unknown): { readonly data: unknown; readonly secrets: readonly Secret[] } {
  const secrets: Secret[] = []
  const copy = (value: unknown): unknown => {
    if (isSecret(value)) return { [mark]: secrets.push(value) - 1, source: value.source }
    if (Array.isArray(value)) return value.map(copy)
    return isTable(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)])) : value
  }
  return { data: copy(block), secrets }
}

export function withSecrets(data: unknown, reveal: (number: number) => Promise<string>): unknown {
  if (Array.isArray(data)) return data.map((value) => withSecrets(value, reveal))
  if (!isTable(data)) return data
  const { [mark]: number, source } = data
  if (typeof number === 'number') return new Secret(String(source), () => reveal(number))
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, withSecrets(value, reveal)]))
}
