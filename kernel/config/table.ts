/** Tables: what stands in braces. Everything else of the settings is a list or a plain value. */
export type Table = Readonly<Record<string, unknown>>

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * `over` laid over `under`: tables key by key, lists one behind the other, and otherwise `over` alone.
 * A reference to a secret is one value: two of them are never mixed.
 */
export function merge(under: unknown, over: unknown): unknown {
  if (Array.isArray(under) && Array.isArray(over)) return [...(under as readonly unknown[]), ...(over as readonly unknown[])]
  if (!isMergeable(under) || !isMergeable(over)) return over
  // `fromEntries` makes properties of its own whatever they are called.
  return Object.fromEntries([
    ...Object.entries(under).map(([key, value]) => [key, Object.hasOwn(over, key) ? merge(value, over[key]) : value] as const),
    ...Object.entries(over).filter(([key]) => !Object.hasOwn(under, key)),
  ])
}

export function isMergeable(value: unknown): value is Table {
  return isTable(value) && !Object.hasOwn(value, '$secret')
}
