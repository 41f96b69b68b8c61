/** Whom a sum is of, as a number: agent, channel, provider and model together, and agent and tool (or latency) together. */

export interface Group { readonly agent: string; readonly channel: string; readonly provider: string; readonly model: string }
export interface Named { readonly agent: string; readonly name: string }

export interface Groups {
  of(agent: string, channel: string, provider: string, model: string): number
  named(agent: string, name: string): number
  readonly all: readonly Group[]
  /** Of each group, the place of its provider and model among `models`. */
  readonly modelOf: readonly number[]
  readonly models: readonly (readonly [provider: string, model: string])[]
  readonly names: readonly Named[]
}

export function createGroups(): Groups {
  const all: Group[] = []
  const modelOf: number[] = []
  const models: (readonly [string, string])[] = []
  const names: Named[] = []
  const at = new Map<string, number>()
  const modelAt = new Map<string, number>()
  const nameAt = new Map<string, number>()
  const place = <T>(map: Map<string, number>, list: T[], key: string, make: () => T): number => {
    const found = map.get(key)
    if (found !== undefined) return found
    map.set(key, list.length)
    return list.push(make()) - 1
  }
  return {
    all, modelOf, models, names,
    of: (agent, channel, provider, model) => place(at, all, `${agent}\u0000${channel}\u0000${provider}\u0000${model}`, () => {
      modelOf.push(place(modelAt, models, `${provider}\u0000${model}`, () => [provider, model] as const))
      return { agent, channel, provider, model }
    }),
    named: (agent, name) => place(nameAt, names, `${agent}\u0000${name}`, () => ({ agent, name })),
  }
}
