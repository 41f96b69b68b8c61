/** The part of the conformance suite that runs random operations against a model of a store. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StoreApi } from '../../plugins/store/contract.ts'
import { all, texts, type Open, type StoreUnderTest } from './store-under-test.ts'

const key = fc.constantFrom('a', 'agent:main:main', 'Ü/x')
const logName = fc.constantFrom('l', 'sessions/main/one')
const line = fc.oneof(fc.string({ maxLength: 40 }).filter((s) => !s.includes('\n')), fc.constant('\u00fc'.repeat(40_000)), fc.constant(''))

type Op =
  | { readonly op: 'put' | 'cas'; readonly key: string; readonly value: number }
  | { readonly op: 'delete'; readonly key: string }
  | { readonly op: 'append'; readonly log: string; readonly lines: string[] }
  | { readonly op: 'remove'; readonly log: string }

const operation: fc.Arbitrary<Op> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constantFrom('put' as const, 'cas' as const), key, value: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('delete' as const), key }) },
  { weight: 6, arbitrary: fc.record({ op: fc.constant('append' as const), log: logName, lines: fc.array(line, { maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('remove' as const), log: logName }) },
)
/** Operations of one wave are started together; between waves the store may be reopened or crash. */
const wave = fc.record({ ops: fc.array(operation, { maxLength: 12 }), next: fc.constantFrom('go on' as const, 'reopen' as const, 'crash' as const) })

interface Model { readonly documents: Map<string, { value: number; revision: number }>; readonly logs: Map<string, string[]> }

export function orderTests(open: Open, openStore: () => Promise<StoreUnderTest>): void {
  test('the store is what a model is', async () => {
    await fc.assert(fc.asyncProperty(fc.array(wave, { maxLength: 6 }), async (waves) => {
      const under = await openStore()
      try {
        let store = under.store
        const model: Model = { documents: new Map(), logs: new Map() }
        for (const { ops, next } of waves) {
          await runWave(store, model, ops)
          if (next === 'reopen') store = await under.reopen()
          if (next === 'crash' && under.crash) store = await under.crash()
          await agrees(store, model)
        }
      } finally { await under.dispose() }
    }), { numRuns: 40 })
  }, 60_000)

  test('readers see whole acknowledged lines only, while others write', async () => {
    const { store } = await open()
    const log = store.log('live')
    const acknowledged: string[] = []
    const writing = Promise.all(Array.from({ length: 300 }, async (_, i) => {
      await log.append(`line ${i}`)
      acknowledged.push(`line ${i}`)
    }))
    for (let i = 0; i < 20; i++) {
      const before = acknowledged.length
      const seen = texts(await all(log))
      expect(seen.length).toBeGreaterThanOrEqual(before)
      expect(seen).toEqual(Array.from(seen, (_, n) => `line ${n}`))
    }
    await writing
  })
}

async function runWave(store: StoreApi, model: Model, ops: readonly Op[]): Promise<void> {
  const things = store.documents<number>('things')
  const before = new Map(model.documents)
  await Promise.all(ops.map(async (op) => {
    switch (op.op) {
      case 'put': {
        const revision = await things.put(op.key, op.value)
        model.documents.set(op.key, { value: op.value, revision })
        return
      }
      // The first write to a key in a wave wins over every later one that expects what was there before.
      case 'cas': {
        const revision = await things.put(op.key, op.value, { revision: before.get(op.key)?.revision ?? 0 }).catch((error: { code?: string }) => {
          expect(error.code).toBe('NEXUS_STORE_CONFLICT')
          return undefined
        })
        expect(revision === undefined).toBe(model.documents.get(op.key)?.revision !== before.get(op.key)?.revision)
        if (revision !== undefined) model.documents.set(op.key, { value: op.value, revision })
        return
      }
      case 'delete':
        expect(await things.delete(op.key)).toBe(model.documents.delete(op.key))
        return
      case 'append': {
        await store.log(op.log).append(op.lines)
        model.logs.set(op.log, [...(model.logs.get(op.log) ?? []), ...op.lines])
        return
      }
      case 'remove':
        await store.log(op.log).remove()
        model.logs.set(op.log, [])
    }
  }))
}

async function agrees(store: StoreApi, model: Model): Promise<void> {
  const things = store.documents<number>('things')
  expect((await things.keys()).sort()).toEqual([...model.documents.keys()].sort())
  for (const [k, expected] of model.documents) expect(await things.get(k)).toEqual(expected)
  for (const [name, lines] of model.logs) {
    const log = store.log(name)
    expect(texts(await all(log))).toEqual(lines)
    expect(await log.size()).toBe(lines.reduce((n, l) => n + Buffer.byteLength(l) + 1, 0))
    expect(texts(await log.lastLines(3))).toEqual(lines.slice(-3))
  }
}
