/** A sub-agent has no more than what began it, on any axis, however deep, whatever the settings say of either. */
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { AgentConfig } from '../../plugins/agent/config.ts'
import { profiles } from '../../plugins/agent/profiles.ts'
import type { AgentProfile } from '../../plugins/agent/profiles.ts'
import { agentsAbove, boundBy, keptTo, limitsOf, parentOf, toolContextOf } from '../../plugins/agent/rights.ts'
import type { Limits } from '../../plugins/agent/rights.ts'
import { createSpawn } from '../../plugins/agent/subagents/spawn.ts'
import type { ToolCall, ToolContext } from '../../plugins/tools/contract.ts'
import { decide, layersOf } from '../../plugins/tools/policy.ts'
import type { Named, PolicySettings } from '../../plugins/tools/policy.ts'
import { cause, codeOf, fakeSessions } from './agent-fakes.ts'
import type { FakeSessions } from './agent-fakes.ts'

const ids = ['main', 'coder', 'clerk'] as const
const models = ['a/small', 'a/large', 'b/huge'] as const
const tools: readonly Named[] = ['read', 'write', 'search', 'fetch', 'exec', 'time', 'sessions_spawn', 'sessions_send', 'mail'].flatMap((name, at) => [
  { name, plugin: ['workspace', 'agent', 'mail'][at % 3]!, group: ['fs', 'web', 'sessions', 'runtime'][at % 4]!, effect: (['read', 'write', 'execute', 'network'] as const)[at % 4]!, tier: (['fast', 'balanced', 'capable'] as const)[at % 3]! },
  { name: `${name}_2`, plugin: 'other' },
])
const pattern = fc.constantFrom('*', 'read', 'write', 'exec', 'time', 'sessions_*', 'group:fs', 'group:web', 'group:sessions', 'plugin:workspace', 'plugin:o*', 'effect:read', 'effect:execute', 'tier:balanced')
const patterns = fc.option(fc.array(pattern, { maxLength: 4 }), { nil: undefined })
const policy = fc.option(fc.record({ profile: fc.option(fc.constantFrom('minimal' as const, 'coding' as const, 'messaging' as const, 'full' as const), { nil: undefined }), allow: patterns, alsoAllow: patterns, deny: patterns }), { nil: undefined })
const model = fc.option(fc.constantFrom(...models), { nil: undefined })
const own = fc.record({
  model: fc.option(fc.oneof(fc.constantFrom(...models), fc.record({ primary: fc.constantFrom(...models), fallbacks: fc.array(fc.constantFrom(...models), { maxLength: 2 }) })), { nil: undefined }),
  tools: policy, workspace: fc.option(fc.constantFrom('/srv/a', '/srv/b', '/srv/a/inner'), { nil: undefined }),
  timeoutMs: fc.integer({ min: 1000, max: 100_000 }), maxSteps: fc.integer({ min: 1, max: 200 }),
  subagents: fc.record({
    maxDepth: fc.integer({ min: 1, max: 5 }), maxChildren: fc.integer({ min: 1, max: 9 }), model, tools: policy,
    allowAgents: fc.oneof(fc.constant(['*']), fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 3 })),
  }),
})
const settingsOf = fc.record({ main: own, coder: own, clerk: own }).map((all) => profiles(v.parse(AgentConfig, JSON.parse(JSON.stringify({ agents: ids.map((id) => ({ id, ...all[id] })) })))))
const global: fc.Arbitrary<PolicySettings> = fc.record({
  profile: fc.option(fc.constantFrom('minimal' as const, 'coding' as const, 'full' as const), { nil: undefined }), allow: patterns, deny: patterns, alsoAllow: patterns,
  byProvider: fc.record({ a: fc.record({ deny: patterns }), 'a/large': fc.record({ allow: patterns }), b: fc.record({ deny: patterns }) }),
})
const step = fc.record({ agentId: fc.option(fc.constantFrom(...ids), { nil: undefined }), model, timeoutSeconds: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }), route: fc.constantFrom(...models), tier: fc.option(fc.constantFrom('fast' as const, 'balanced' as const, 'capable' as const), { nil: undefined }) })

interface Level { readonly key: string; readonly context: ToolContext; readonly limits: Limits; readonly timeoutMs: number }

async function level(sessions: FakeSessions, all: ReadonlyMap<string, AgentProfile>, key: string, wanted: string, tier: ToolContext['tier']): Promise<Level> {
  const profile = all.get(key.split(':')[1]!)!
  const settings = await sessions.settings(key)
  const limits = limitsOf(profile, settings, all)
  const reference = keptTo(limits.models, { model: settings.model ?? wanted, fallbacks: [...models], reasons: [] }).model
  const [provider, id] = reference.split('/') as [string, string]
  const { tier: _, ...context } = toolContextOf({ profile, profiles: all, sessionKey: key, settings, spec: { provider, id } })
  return { key, context: { ...context, ...(tier && { tier }) }, limits, timeoutMs: Math.min(profile.timeoutMs, limits.timeoutMs) }
}
const isIn = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean => b === undefined || (a !== undefined && a.every((one) => b.includes(one)))

describe('a chain of sub-agents', () => {
  it('never gains a right on its way down, also when the settings change afterwards', () => fc.assert(fc.asyncProperty(
    settingsOf, settingsOf, global, fc.array(step, { minLength: 1, maxLength: 5 }), fc.constantFrom(...models), async (all, later, rules, steps, first) => {
      const sessions = fakeSessions()
      const live = new Map<string, number>()
      const spawn = createSpawn({
        sessions, profiles: all, clock: undefined as never, signal: new AbortController().signal, problem() {}, hold() {}, rootOf: (id) => `/state/${id}`,
        models: { resolve: async (reference) => ({ provider: reference!.split('/')[0]!, id: reference!.split('/')[1]!, name: '' }) },
        runs: {
          caused: async ({ sessionKey, runId }) => ({ state: 'in_flight', runId: runId!, sessionKey, agentId: 'main' }), find: () => undefined, abort: () => [],
          family: { counts: () => ({ hops: 0, turns: 0 }), timeoutOf: (runId) => live.get(runId!) },
        },
      })
      const levels = [await level(sessions, all, 'agent:main:main', first, steps[0]!.tier)]
      for (const [at, { agentId, model: asked, timeoutSeconds, tier, route }] of steps.entries()) {
        const { key, context, timeoutMs } = levels.at(-1)!
        live.set(`r${at}`, timeoutMs)
        const call = { ...cause, id: `c${at}`, name: 'sessions_spawn', args: {}, plugin: 'agent', signal: new AbortController().signal, sessionKey: key, runId: `r${at}`, context } as ToolCall
        const begun = await spawn({ task: 'x', agentId, model: asked, timeoutSeconds }, call).catch(codeOf)
        if (typeof begun === 'string') {
          expect(begun).toBe('NEXUS_AGENT_SUBAGENT')
          break
        }
        levels.push(await level(sessions, all, begun.childSessionKey, route, tier))
      }
      for (const [at, child] of levels.entries()) {
        const parent = levels[at - 1]
        if (!parent) continue
        for (const tool of tools) if (decide(layersOf(rules, child.context), tool)) expect(decide(layersOf(rules, parent.context), tool), `${tool.name} at depth ${at}`).toBe(true)
        expect(child.context.depth).toBe(at)
        expect(parent.limits.maxDepth).toBeGreaterThanOrEqual(at)
        expect(child.context.workspace).toBe(parent.context.workspace ?? `/state/${parent.context.agentId}`)
        for (const axis of ['maxDepth', 'maxChildren', 'maxSteps'] as const) expect(child.limits[axis], axis).toBeLessThanOrEqual(parent.limits[axis])
        expect(child.timeoutMs).toBeLessThanOrEqual(parent.timeoutMs)
        expect([isIn(child.limits.models, parent.limits.models), isIn(child.limits.agents, parent.limits.agents), child.limits.models !== undefined]).toEqual([true, true, true])
        expect(child.limits.models).toContain(`${child.context.provider}/${child.context.model}`)
        const [bindChild, bindParent] = [await boundBy(sessions, all, child.key), await boundBy(sessions, all, parent.key)]
        expect(bindParent.every((one) => bindChild.includes(one))).toBe(true)
        // Somebody changes the settings: nothing is won by having begun before.
        const settings = await sessions.settings(child.key)
        const now = toolContextOf({ profile: later.get(child.key.split(':')[1]!)!, profiles: later, sessionKey: child.key, settings })
        for (const id of agentsAbove(parentOf(settings))) {
          const above: ToolContext = { agentId: id, policies: { ...(later.get(id)!.tools && { agent: later.get(id)!.tools! }) } }
          for (const tool of tools) if (decide(layersOf(rules, now), tool)) expect(decide(layersOf(rules, above), tool), `${tool.name} of ${id}`).toBe(true)
        }
        const limits = limitsOf(later.get(child.key.split(':')[1]!)!, settings, later)
        for (const axis of ['maxDepth', 'maxChildren', 'maxSteps', 'timeoutMs'] as const) expect(limits[axis]).toBeLessThanOrEqual(child.limits[axis])
      }
    }), { numRuns: 300 }))

  it('that is run for somebody else is bound by him as well', () => fc.assert(fc.property(settingsOf, global, fc.constantFrom(...ids), fc.constantFrom(...ids), (all, rules, mine, theirs) => {
    const bound: ToolContext = toolContextOf({ profile: all.get(mine)!, profiles: all, sessionKey: `agent:${mine}:main`, settings: {} })
    const context = toolContextOf({ profile: all.get(theirs)!, profiles: all, sessionKey: `agent:${theirs}:other`, settings: {}, bound })
    expect(context.workspace).toBe(bound.workspace)
    expect(context.depth).toBe(1)
    for (const tool of tools) if (decide(layersOf(rules, context), tool)) expect(decide(layersOf(rules, bound), tool)).toBe(true)
  })))

  it('of an agent that is gone, or of whose rights nothing is known, has no tools', () => {
    const all = profiles(v.parse(AgentConfig, {}))
    const has = (context: ToolContext): boolean => tools.some((tool) => decide(layersOf({}, context), tool))
    const whose = { profile: all.get('main')!, profiles: all, sessionKey: 'agent:main:subagent:x' }
    expect(has(toolContextOf({ ...whose, settings: { extra: { 'agent.parent': { agentId: 'main' } } } }))).toBe(true)
    expect(has(toolContextOf({ ...whose, settings: { extra: { 'agent.parent': { agentId: 'gone' } } } }))).toBe(false)
    expect(has(toolContextOf({ ...whose, settings: {} }))).toBe(false)
    expect(has(toolContextOf({ ...whose, sessionKey: 'agent:main:x', settings: { spawnedBy: 'agent:main:main' } }))).toBe(false)
    expect(() => keptTo([], { model: 'a/b', fallbacks: [], reasons: [] })).toThrow('no model')
  })
})
