import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { contract, definePlugin, event, method, optional, route, service, upgrade, type Plugin } from '../../kernel/contract.ts'
import type { NexusError } from '../../kernel/errors.ts'
import { manifestFaults, manifestOf, parseManifest, type Manifest } from '../../kernel/manifest.ts'
import { memorySource } from '../../kernel/source.ts'

const Ledger = service<{ total(): number }>('ledger/1')
const cost: Plugin = definePlugin({
  ...contract({
    id: 'cost',
    provides: { ledger: Ledger },
    methods: { 'cost.summary': method({ scope: 'operator.read' }) },
    events: { 'cost.charged': event({ scope: 'operator.read', payload: v.number() }) },
    routes: { 'GET /v1/cost/:month': route({ scope: 'public' }) },
    upgrades: { '/v1/cost/live': upgrade({ scope: 'operator.read' }) },
    paths: ['/v1/cost'],
  }),
  errors: { NEXUS_COST_FULL: { text: 'full', fix: 'Empty it.', wire: 'UNAVAILABLE' } },
  requires: { store: service<object>('store/1'), clock: optional(service<object>('clock/2')) },
  capabilities: ['tap:call.before'],
  exclusive: true,
  setup: () => ({ provides: { ledger: { total: () => 1 } }, methods: { 'cost.summary': () => 1 }, routes: { 'GET /v1/cost/:month': () => new Response() }, upgrades: { '/v1/cost/live': () => {} } }),
})
const whole = { ...manifestOf(cost), entry: 'index.ts' }
const fault = (json: unknown): NexusError => {
  try {
    parseManifest(json, '/p/package.json', 'p')
  } catch (error) {
    return error as NexusError
  }
  throw new Error('it was accepted')
}

describe('a manifest', () => {
  it('is derived from a definition', () => {
    expect(whole).toEqual({
      api: 1, id: 'cost', entry: 'index.ts',
      requires: { store: { service: 'store/1', optional: false }, clock: { service: 'clock/2', optional: true } },
      provides: ['ledger/1'], methods: { 'cost.summary': 'operator.read' }, events: { 'cost.charged': 'operator.read' }, routes: { 'GET /v1/cost/:month': 'public' },
      upgrades: { '/v1/cost/live': 'operator.read' }, paths: ['/v1/cost'], commands: {}, capabilities: ['tap:call.before'], taps: ['call.before'], required: false, safe: false, exclusive: true, errors: cost.errors,
    })
  })

  it('comes back from a file as it was written', () => {
    expect(parseManifest(JSON.parse(JSON.stringify(whole)), 'x')).toEqual(whole)
    const more = { ...whole, cli: 'cli.ts', version: '1.0.0', description: 'Cost.', commands: { 'cost report': { summary: 'Report', args: ['<month>'], options: { all: { summary: 'All' } }, examples: ['nexus cost report'] } }, config: { type: 'object', additionalProperties: false } }
    expect(parseManifest(JSON.parse(JSON.stringify(more)), 'x')).toEqual(more)
    expect(parseManifest({ api: 1, id: 'p', entry: 'a.js', capabilities: ['tap:call.after', 'kernel:control'] }, 'x')).toMatchObject({ requires: {}, provides: [], methods: {}, upgrades: {}, required: false, taps: ['call.after'] })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['an id in capitals', { id: 'Cost' }, '"id" must be small letters, digits and dashes'],
    ['an id that is a key of the settings', { id: 'gateway' }, '"id" must be a name that is not reserved'],
    ['no entry', { entry: undefined }, '"entry" must be'],
    ['an entry outside its folder', { entry: '../../etc/passwd' }, '"entry" must be a path inside the plugin\'s folder'],
    ['an absolute entry', { entry: '/etc/passwd' }, '"entry" must be a path inside the plugin\'s folder'],
    ['a key nobody knows', { methdos: {} }, 'unknown key "methdos"'],
    ['a scope without a dot', { methods: { 'p.x': 'admin' } }, '"methods.p.x" must be "public" or a scope such as "operator.read"'],
    ['a method with a space', { methods: { 'p x': 'public' } }, '"methods.p x" must be a name such as "noun.verb"'],
    ['a route without a verb', { routes: { '/x': 'public' } }, 'must be a route such as "GET /path"'],
    ['an upgrade without a slash', { upgrades: { ws: 'public' } }, '"upgrades.ws" must be a path such as "/ws"'],
    ['taps that are no capabilities', { taps: ['call.authorize'] }, '"taps" must be what the capabilities "tap:…" say'],
    ['a prefix that climbs', { paths: ['/a/../b'] }, '"paths.0" must be a prefix such as "/v1"'],
    ['a service without a version', { provides: ['ledger'] }, '"provides.0" must be a service such as "store/1"'],
    ['a requirement of another shape', { requires: { store: 'store/1' } }, '"requires.store" must be Object'],
    ['a command without a summary', { commands: { 'p x': {} } }, '"commands.p x.summary" must be'],
    ['a config beyond the subset', { config: { $ref: '#' } }, 'the schema of "config" uses "$ref", which is not supported'],
    ['a flag that is a word', { safe: 'yes' }, '"safe" must be'],
  ])('with %s is refused', (_, change, text) => {
    const thrown = fault({ api: 1, id: 'p', entry: 'index.ts', ...change })
    expect(thrown.code).toBe('NEXUS_PLUGIN_BAD_MANIFEST')
    expect(thrown.data['faults']).toContain(text)
  })

  it.each([null, [], 'x', 5])('that is %j is refused', (json) => {
    expect(fault(json)).toMatchObject({ code: 'NEXUS_PLUGIN_BAD_MANIFEST', data: { plugin: 'p', place: '/p/package.json' } })
  })

  it('has all its faults named at once, and none of its values', () => {
    const thrown = fault({ api: 'sk-secret', id: 'sk-Secret', methods: { x: 'sk-secret' }, safe: 'sk-secret' })
    expect(String(thrown.data['faults']).split('; ')).toHaveLength(5)
    expect(thrown.message).not.toContain('sk-')
  })

  it('of another API level says so, whatever else it holds', () => {
    expect(fault({ api: 2, id: 'p', entry: 'x', newThing: true })).toMatchObject({ code: 'NEXUS_PLUGIN_API_LEVEL', data: { plugin: 'p', wants: 2, has: 1 } })
  })
})

describe('a definition', () => {
  it('that is what its manifest says has no faults', () => {
    expect(manifestFaults(whole, cost)).toEqual([])
    expect(manifestFaults(memorySource(cost).manifest() as Manifest, cost)).toEqual([])
  })

  it('that is not, has them all named', () => {
    const other: Manifest = { ...whole, id: 'costs', exclusive: false, provides: [], methods: { 'cost.summary': 'public', 'cost.reset': 'operator.admin' }, requires: { store: { service: 'store/1', optional: true } }, capabilities: [] }
    expect(manifestFaults(other, cost)).toEqual([
      'id is cost, the manifest says costs', 'exclusive is true, the manifest says false', 'requires "store" is store/1, the manifest says optional store/1', 'requires "clock" is missing in the manifest',
      'provides "ledger/1" is missing in the manifest', 'methods "cost.summary" is operator.read, the manifest says public', 'methods "cost.reset" stands only in the manifest', 'capabilities "tap:call.before" is missing in the manifest',
    ])
  })
})

it('a plugin in memory is its own source', async () => {
  const source = memorySource(cost)
  expect(await source.load()).toBe(cost)
  expect(source).toMatchObject({ id: 'cost', origin: 'memory' })
  expect([await source.commands(), source.files()]).toEqual([{}, []])
})
