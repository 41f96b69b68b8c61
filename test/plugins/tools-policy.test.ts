/** Which tools a run may use: denying wins, narrowing never widens, and the explanation says what happens. */
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it, test } from 'vitest'
import type { ToolContext } from '../../plugins/tools/contract.ts'
import { globMatches } from '../../plugins/tools/glob.ts'
import { decide, explain, layersOf, namedIn, profilePatterns, ToolPattern, toolProfiles, toolTiers } from '../../plugins/tools/policy.ts'
import type { Named, PolicySettings, ToolPolicy } from '../../plugins/tools/policy.ts'

const names = ['read', 'write', 'fetch', 'time', 'sessions_status', 'exec', 'mcp_a_search']
const anyTool: fc.Arbitrary<Named> = fc.record({
  name: fc.constantFrom(...names), plugin: fc.constantFrom('workspace', 'tools', 'mcp'),
  group: fc.constantFrom('fs', 'web', 'sessions', 'mcp:a'), effect: fc.constantFrom('read' as const, 'write' as const, 'network' as const), tier: fc.constantFrom(...toolTiers),
}, { requiredKeys: ['name', 'plugin'] })
const pattern = fc.oneof(fc.constantFrom(...names), fc.constantFrom('*', 're*', '*e', 's*_*', 'group:fs', 'group:*', 'group:mcp:*', 'plugin:workspace', 'plugin:*', 'effect:read', 'effect:write', 'tier:fast', 'tier:balanced', 'READ', 'GROUP:FS', 'nothing:x'))
const list = fc.option(fc.array(pattern, { maxLength: 4 }), { nil: undefined })
const policy: fc.Arbitrary<ToolPolicy> = fc.record({ allow: list, alsoAllow: list, deny: list, profile: fc.option(fc.constantFrom(...toolProfiles), { nil: undefined }) })
const settings: fc.Arbitrary<PolicySettings> = fc.record({
  allow: list, alsoAllow: list, deny: list, profile: fc.option(fc.constantFrom(...toolProfiles), { nil: undefined }),
  byProvider: fc.dictionary(fc.constantFrom('openai', 'openai/gpt', 'other'), policy), tiers: fc.record({ fast: policy }, { requiredKeys: [] }),
})
const plainContext = fc.record({
  agentId: fc.constant('main'), provider: fc.constantFrom('openai', 'other'), model: fc.constantFrom('gpt', 'x'), tier: fc.constantFrom(...toolTiers),
  policies: fc.record({ provider: policy, agent: policy, group: policy, sender: policy, surface: policy }, { requiredKeys: [] }),
}, { requiredKeys: ['agentId'] }) as fc.Arbitrary<ToolContext>
const anyContext: fc.Arbitrary<ToolContext> = fc.tuple(plainContext, fc.option(plainContext, { nil: undefined })).map(([own, parent]) => ({ ...own, ...(parent && { parent }) }))
const allowed = (rules: PolicySettings, context: ToolContext, tool: Named): boolean => decide(layersOf(rules, context), tool)

describe('policy', () => {
  it('denies in whatever order the layers stand, and whichever of them denies', () => {
    fc.assert(fc.property(settings, anyContext, anyTool, fc.nat(), fc.nat(), (rules, context, tool, at, seed) => {
      const layers = layersOf(rules, context)
      const denying = layers.with(at % layers.length, { ...layers[at % layers.length]!, policy: { allow: ['*'], alsoAllow: ['*'], deny: [tool.name.toUpperCase()] } })
      const turned = denying.map((_, place) => denying[(place + seed) % denying.length]!).reverse()
      expect(decide(denying, tool)).toBe(false)
      expect(decide(turned, tool)).toBe(false)
      expect(decide([...layers].reverse(), tool)).toBe(decide(layers, tool))
    }))
  })

  it('is explained as it is decided', () => {
    fc.assert(fc.property(settings, anyContext, anyTool, (rules, context, tool) => {
      const layers = layersOf(rules, context)
      const { allowed: may, decided, steps } = explain(layers, tool)
      expect(may).toBe(decide(layers, tool))
      expect(steps.every(({ verdict }) => verdict === 'pass')).toBe(may)
      expect(decided.verdict === 'pass').toBe(may)
      if (!may) expect(decided.verdict).toBe(steps.some(({ verdict }) => verdict === 'deny') ? 'deny' : 'not allowed')
    }))
  })

  it('never lets more through when a layer is made narrower', () => {
    const narrower = (one: ToolPolicy): fc.Arbitrary<ToolPolicy> => fc.record({
      // Fewer entries, or a list where there was none; more that is denied.
      allow: one.allow === undefined ? list : fc.subarray([...one.allow]), alsoAllow: one.alsoAllow === undefined ? fc.constant(undefined) : fc.subarray([...one.alsoAllow]),
      deny: fc.array(pattern, { maxLength: 3 }).map((more) => [...one.deny ?? [], ...more]),
      profile: fc.constantFrom(...toolProfiles.filter((name) => isWithin(name, one.profile))),
    })
    const isWithin = (name: (typeof toolProfiles)[number], of: ToolPolicy['profile']): boolean => of === undefined || of === 'full' || profilePatterns[name].every((entry) => profilePatterns[of].includes(entry))
    const steps = ['provider', 'agent', 'group', 'sender', 'surface'] as const
    fc.assert(fc.property(settings, anyContext, anyTool, fc.constantFrom(...steps), policy.chain((one) => fc.tuple(fc.constant(one), narrower(one))), (rules, context, tool, step, [wide, narrow]) => {
      // An agent's profile takes the place of the settings', so it is narrower only than one of its own.
      const fair = step === 'agent' && wide.profile === undefined ? { ...narrow, profile: undefined } : narrow
      const having = (one: ToolPolicy): ToolContext => ({ ...context, policies: { ...context.policies, [step]: one } })
      if (allowed(rules, having(fair), tool)) expect(allowed(rules, having(wide), tool)).toBe(true)
    }), { numRuns: 2_000 })
  })

  it('lets a run do nothing that the run above it may not', () => {
    fc.assert(fc.property(settings, plainContext, anyContext, anyTool, (rules, own, parent, tool) => {
      if (allowed(rules, { ...own, parent }, tool)) expect(allowed(rules, parent, tool)).toBe(true)
    }))
  })

  it('gives a lesser tier no tool that a greater one does not have', () => {
    fc.assert(fc.property(fc.record({ allow: list, deny: list }), anyTool, (rules, tool) => {
      for (const [lesser, greater] of [['fast', 'balanced'], ['balanced', 'capable']] as const) if (allowed(rules, { agentId: 'a', tier: lesser }, tool)) expect(allowed(rules, { agentId: 'a', tier: greater }, tool)).toBe(true)
    }))
  })

  it('ends where runs start runs without end', () => {
    let context: ToolContext = { agentId: 'a' }
    for (let depth = 0; depth < 40; depth++) context = { agentId: 'a', parent: context }
    expect(allowed({}, context, { name: 'read', plugin: 'w' })).toBe(false)
  })
})

describe('a rule', () => {
  const write: Named = { name: 'write', plugin: 'workspace', group: 'fs', effect: 'write', tier: 'balanced' }
  const says = (rules: PolicySettings, context: Partial<ToolContext> = {}, tool = write) => {
    const { allowed: may, decided: { step, rule } } = explain(layersOf(rules, { agentId: 'main', ...context }), tool)
    return [may, step, rule]
  }
  test.each<[string, PolicySettings, Partial<ToolContext>, unknown[]]>([
    ['nothing set', {}, {}, [true, 'profile', 'profile full']],
    ['a profile', { profile: 'minimal' }, {}, [false, 'profile', 'profile minimal']],
    ['a profile and something more', { profile: 'minimal', alsoAllow: ['write'] }, {}, [true, 'global', 'write']],
    ['the agent\'s profile instead of the settings\'', { profile: 'minimal' }, { policies: { agent: { profile: 'coding' } } }, [true, 'profile', 'profile coding']],
    ['what the agent adds to the profile', { profile: 'minimal' }, { policies: { agent: { alsoAllow: ['group:fs'] } } }, [true, 'agent', 'group:fs']],
    ['what the agent adds is not added to the operator\'s list', { allow: ['read'] }, { policies: { agent: { alsoAllow: ['write'] } } }, [false, 'global', 'allow']],
    ['an empty list', { allow: [] }, {}, [false, 'global', 'allow']],
    ['a deny beats every allow', { deny: ['group:fs'], allow: ['write'], alsoAllow: ['*'] }, { policies: { agent: { allow: ['write'] } } }, [false, 'global', 'group:fs']],
    ['a provider', { byProvider: { openai: { deny: ['effect:write'] } } }, { provider: 'openai', model: 'gpt' }, [false, 'provider', 'effect:write']],
    ['a model', { byProvider: { 'openai/gpt': { deny: ['plugin:work*'] } } }, { provider: 'openai', model: 'gpt' }, [false, 'provider', 'plugin:work*']],
    ['another model', { byProvider: { 'openai/gpt': { deny: ['*'] } } }, { provider: 'openai', model: 'gpt-mini' }, [true, 'profile', 'profile full']],
    ['a name of Object\'s', {}, { provider: 'constructor' }, [true, 'profile', 'profile full']],
    ['a group', {}, { policies: { group: { allow: ['read'] } } }, [false, 'group', 'allow']],
    ['a sender', {}, { policies: { sender: { deny: ['WRITE'] } } }, [false, 'sender', 'WRITE']],
    ['a tier', {}, { tier: 'fast' }, [false, 'tier', 'allow']],
    ['a tier that holds it', {}, { tier: 'balanced' }, [true, 'tier', 'tier:balanced']],
    ['a tier that was given it', { tiers: { fast: { alsoAllow: ['write'] } } }, { tier: 'fast' }, [true, 'tier', 'write']],
    ['the way it came in by', {}, { policies: { surface: { deny: ['write'] } } }, [false, 'surface', 'write']],
    ['the run above', {}, { parent: { agentId: 'main', policies: { sender: { deny: ['write'] } } } }, [false, 'sender', 'write']],
  ])('%s', (_, rules, context, expected) => expect(says(rules, context)).toEqual(expected))

  test('of a tool that does not say what it is holds only by name and plugin', () => {
    expect(says({ allow: ['group:*', 'effect:read'] }, {}, { name: 'x', plugin: 'p' })).toEqual([false, 'global', 'allow'])
    expect(says({}, { tier: 'balanced' }, { name: 'x', plugin: 'p' })).toEqual([false, 'tier', 'allow'])
  })

  test('of a tool that does not say what it does means that it may do anything', () => {
    const silent: Named = { name: 'x', plugin: 'p' }
    for (const effect of ['read', 'write', 'execute', 'network']) {
      expect(says({ deny: [`effect:${effect}`] }, {}, silent)).toEqual([false, 'global', `effect:${effect}`])
      expect(namedIn([`effect:${effect}`], silent)).toBe(`effect:${effect}`)
      expect(says({ allow: [`effect:${effect}`] }, {}, silent)[0]).toBe(false)
    }
  })

  test('allows by the very letters, and denies by any', () => {
    expect(says({ allow: ['WRITE'] })[0]).toBe(false)
    expect(says({ deny: ['Write'] })[0]).toBe(false)
    expect(namedIn(['GROUP:FS', 'group:FS'], write)).toBe('group:FS')
  })

  test.each(['group:fs', 'group:mcp:*', 'plugin:@acme/x', 'effect:read', 'tier:fast', 'sessions_*', '*'])('may be %s', (text) => expect(v.is(ToolPattern, text)).toBe(true))
  test.each(['', 'grp:fs', 'group:', 'effect:all', 'tier:best', 'a b', '../x', 'a'.repeat(129)])('may not be %j', (text) => expect(v.is(ToolPattern, text)).toBe(false))
})

test('a glob matches as a regular expression would', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 }), fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (glob, text) => {
    expect(globMatches(glob, text)).toBe(new RegExp(`^${glob.replace(/\*+/g, '.*')}$`).test(text))
  }), { numRuns: 3_000 })
  expect(globMatches(`${'*a'.repeat(60)}b`, 'a'.repeat(5_000))).toBe(false)
})
