/** The tools there are. A name offered twice is nobody's: which of the two ran would depend on their order, and one could pose as the other. */
import { nearest } from 'nexus-gateway/sdk'
import type { Log, MaybePromise } from 'nexus-gateway/sdk'
import type { ToolContext, ToolExplanation, ToolSpec } from './contract.ts'
import { failTools } from './errors.ts'
import { decide, explain, layersOf, namedIn } from './policy.ts'
import type { Rules } from './executor.ts'
import { toolName } from './contract.ts'

export interface Registry {
  all(): Promise<readonly ToolSpec[]>
  /** What the policy leaves of them in a context. */
  list(context: ToolContext): Promise<readonly ToolSpec[]>
  explain(context: ToolContext, name: string): Promise<ToolExplanation>
  /** Throws NEXUS_TOOLS_UNKNOWN. */
  find(name: string): Promise<ToolSpec>
}

/** A plugin may answer the hook with anything; what is no tool must not take the others with it. */
function isSpec(spec: unknown): spec is ToolSpec {
  if (typeof spec !== 'object' || spec === null) return false
  const { name, description, parameters, plugin, timeoutMs, approval } = spec as Partial<Record<keyof ToolSpec, unknown>>
  return typeof name === 'string' && toolName.test(name) && typeof description === 'string' && typeof plugin === 'string' && typeof parameters === 'object' && parameters !== null
    && (timeoutMs === undefined || (typeof timeoutMs === 'number' && timeoutMs > 0)) && (approval === undefined || typeof approval === 'boolean')
}

/** Contexts whose lists are remembered. */
const maxLists = 200
/** What is remembered as told. */
const maxTold = 1000

export function createRegistry(listed: () => MaybePromise<readonly (readonly ToolSpec[])[]>, rules: Rules, log: Log): Registry {
  /** What was told already. */
  const told = new Set<string>()

  /** As they were last offered, and what policy left of them: worked out again only when something else is offered. */
  let last: { readonly offered: readonly unknown[]; readonly specs: readonly ToolSpec[]; readonly lists: Map<string, readonly ToolSpec[]> } = { offered: [], specs: [], lists: new Map() }

  async function latest(): Promise<typeof last> {
    const offered: readonly unknown[] = (await listed()).flat()
    if (offered.length !== last.offered.length || offered.some((one, at) => one !== last.offered[at])) last = { offered, specs: usable(offered), lists: new Map() }
    return last
  }

  function usable(offered: readonly unknown[]): readonly ToolSpec[] {
    const specs = offered.filter(isSpec)
    if (specs.length < offered.length) tellOnce('what a plugin offers is no tool, so it is left out', { left: offered.length - specs.length })
    const times = new Map<string, number>()
    for (const { name } of specs) times.set(name, (times.get(name) ?? 0) + 1)
    if (times.size === specs.length) return specs
    for (const { name, plugin } of specs) if (times.get(name)! > 1) tellOnce('a tool is offered more than once, so it is left out', { tool: name, plugin })
    return specs.filter(({ name }) => times.get(name) === 1)
  }

  function tellOnce(message: string, fields: Readonly<Record<string, unknown>>): void {
    const line = `${message} ${JSON.stringify(fields)}`
    if (told.has(line) || told.size >= maxTold) return
    told.add(line)
    log.error(message, fields)
  }

  const all = async (): Promise<readonly ToolSpec[]> => (await latest()).specs

  return {
    all,
    async list(context) {
      const { specs, lists } = await latest()
      const key = JSON.stringify(context)
      const found = lists.get(key)
      if (found) return found
      const layers = layersOf(rules, context)
      const list = specs.filter((spec) => decide(layers, spec))
      if (lists.size >= maxLists) lists.clear()
      lists.set(key, list)
      return list
    },
    async explain(context, name) {
      const spec = (await all()).find((one) => one.name === name)
      const decision = explain(layersOf(rules, context), spec ?? { name, plugin: '' })
      const approval = spec?.approval === true ? 'the tool asks for it' : namedIn(rules.approval ?? [], spec ?? { name, plugin: '' })
      return { name, exists: spec !== undefined, ...decision, ...(approval !== undefined && { approval }) }
    },
    async find(name) {
      const specs = await all()
      const spec = specs.find((one) => one.name === name)
      if (spec) return spec
      const near = nearest(name, specs.map((one) => one.name))
      throw failTools('NEXUS_TOOLS_UNKNOWN', { hint: near === undefined ? '' : ` (did you mean ${near}?)` })
    },
  }
}
