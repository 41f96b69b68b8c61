/** Key paths such as `provider.models[0].id` and `headers["x-key"]`. */
import { failConfig } from './errors.ts'

export type KeyPath = readonly (string | number)[]

const plain = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u
const part = /(?:^|\.)([^.[\]"']+)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]/gy

export const pathText = (path: KeyPath): string => (path.map((key, i) => (typeof key === 'number' ? `[${key}]` : !plain.test(key) ? `[${JSON.stringify(key)}]` : i === 0 ? key : `.${key}`)).join(''))

/** Throws NEXUS_CONFIG_PATH. An empty text is the path of the whole. */
export function parsePath(text: string): KeyPath {
  const path: (string | number)[] = []
  for (part.lastIndex = 0; part.lastIndex < text.length;) {
    const at = part.lastIndex
    const found = part.exec(text)
    if (!found) throw failConfig('NEXUS_CONFIG_PATH', { column: at + 1 })
    path.push(found[1] ?? (found[2] !== undefined ? Number(found[2]) : JSON.parse(found[3]!) as string))
  }
  return path
}

/** What stands at `path`, `undefined` if nothing does. */
export function valueAt(tree: unknown, path: KeyPath): unknown {
  let at = tree
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Readonly<Record<string | number, unknown>>)[key]
  }
  return at
}
