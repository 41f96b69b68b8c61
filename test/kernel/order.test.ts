import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveGraph, type GraphNode } from '../../kernel/graph.ts'
import { manifestOf } from '../../kernel/manifest.ts'
import { topological } from '../../kernel/order.ts'
import type { Plugin } from '../../kernel/contract.ts'

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const graphs = fc.dictionary(fc.constantFrom(...ids), fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 3 }))

describe('topological order', () => {
  it('puts everything behind what it needs, or shows a circle', () => {
    fc.assert(fc.property(graphs, (graph) => {
      const { waves, cycle } = topological(Object.keys(graph), (id) => graph[id] ?? [])
      const seen = new Set<string>()
      for (const wave of waves) {
        for (const id of wave) for (const need of graph[id] ?? []) if (need !== id && need in graph) expect(seen).toContain(need)
        for (const id of wave) seen.add(id)
      }
      if (!cycle) {
        expect(seen.size).toBe(Object.keys(graph).length)
        return
      }
      expect(cycle.length).toBeGreaterThan(2)
      expect(cycle[0]).toBe(cycle.at(-1))
      for (let i = 0; i + 1 < cycle.length; i++) expect(graph[cycle[i] ?? '']).toContain(cycle[i + 1])
    }))
  })

  it('depends on the graph alone, not on the order it is given in', () => {
    fc.assert(fc.property(graphs, fc.infiniteStream(fc.nat()), (graph, randoms) => {
      const keys = Object.keys(graph)
      const shuffled = keys.map((key) => [randoms.next().value, key] as const).sort((x, y) => x[0] - y[0]).map(([, key]) => key)
      expect(topological(shuffled, (id) => graph[id] ?? []).waves).toEqual(topological(keys, (id) => graph[id] ?? []).waves)
    }))
  })
})

const node = (id: string, requires: string[], extra: Partial<Plugin> = {}): GraphNode => ({
  id, place: id,
  manifest: manifestOf({
    $type: 'nexus.plugin/1', id, setup() {},
    provides: { own: { kind: 'service', id: `${id}/1` } },
    requires: Object.fromEntries(requires.map((need) => [need, { kind: 'service', id: `${need}/1` }])),
    ...extra,
  }),
})
const resolve = (nodes: GraphNode[]) => resolveGraph(nodes, new Map(), new Set(), (service) => ids.find((id) => `${id}/1` === service))

describe('the graph of plugins', () => {
  it('lets run exactly those whose requirements run, whatever else is broken', () => {
    fc.assert(fc.property(graphs, (graph) => {
      const nodes = Object.entries(graph).map(([id, needs]) => node(id, needs.filter((need) => need !== id)))
      const { waves, faults } = resolve(nodes)
      const runs = new Set(waves.flat())
      for (const { id, manifest } of nodes) {
        const met = Object.keys(manifest.requires).every((need) => runs.has(need))
        expect(runs.has(id)).toBe(met && !faults.has(id))
        expect(runs.has(id) !== faults.has(id)).toBe(true)
      }
    }))
  })

  it('names both sides of a missing service, and the fix', () => {
    const [error] = resolve([node('b', ['a'])]).faults.get('b') ?? []
    expect(error?.message).toBe('plugin "b" requires service "a/1", which no enabled plugin provides')
    expect(error?.fix).toBe('Add "a" to the list `plugins`.')
  })

  it('shows a circle as a path and lets the others run', () => {
    const { waves, faults } = resolve([node('a', ['b']), node('b', ['c']), node('c', ['a']), node('d', [])])
    expect(faults.get('a')?.[0]?.data['path']).toBe('a → b → c → a')
    expect(waves.flat()).toEqual(['d'])
  })

  it('refuses a second owner of a method, an event, a service or a path', () => {
    const twice = { methods: { 'x.y': { scope: 'public' } }, events: { 'x.z': { scope: 'public', payload: undefined } }, paths: ['/x'], provides: { x: { kind: 'service', id: 'x/1' } } } as unknown as Partial<Plugin>
    const { faults } = resolve([node('a', [], twice), node('b', [], twice)])
    expect(faults.has('a')).toBe(false)
    expect(faults.get('b')?.map((error) => error.data['kind'])).toEqual(['service', 'method', 'event', 'path'])
  })
})
