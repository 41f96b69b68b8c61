/** `${name}` in the texts of a case. An unknown one is an error, so that no case passes for want of a value. */
export type Lookup = (name: string) => unknown

export function filled(text: string, lookup: Lookup): string {
  return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
    const many = /^([^*]+)\*(\d+)$/.exec(name)
    if (many) return String(many[1]).repeat(Number(many[2]))
    const value = lookup(name)
    if (value === undefined || value === null) throw new Error(`nothing is known of \${${name}}`)
    return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number)
  })
}

/** The same in every text inside `value`; names of members too. A text that is one variable alone keeps its type. */
export function filledIn<T>(value: T, lookup: Lookup): T {
  if (typeof value === 'string') {
    const alone = /^\$\{([^}*]+)\}$/.exec(value)
    const whole = alone?.[1] === undefined ? undefined : lookup(alone[1])
    return (typeof whole === 'object' && whole !== null || typeof whole === 'number' ? whole : filled(value, lookup)) as T
  }
  if (Array.isArray(value)) return value.map((one: unknown) => filledIn(one, lookup)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [filled(name, lookup), filledIn(one as unknown, lookup)])) as T
}

/** `a.b.0` inside `value`. */
export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name) ? (inner as Record<string, unknown>)[name] : undefined), value)
}
