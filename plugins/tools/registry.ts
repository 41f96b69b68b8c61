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

/** What is remembered as told. */
const maxTold = 1000

export function createRegistry(listed: () => MaybePromise<readonly (readonly ToolSpec[])[]>, rules: Rules, log: Log): Registry {
  /** What was told already. */
  const told = new Set<string>()

  async function all(): Promise<readonly ToolSpec[]> {
    const offered: readonly unknown[] = (await listed()).flat()
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

  return {
    all,
    async list(context) {
      const layers = layersOf(rules, context)
      return (await all()).filter((spec) => decide(layers, spec))
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
