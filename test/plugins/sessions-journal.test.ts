import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createJournal, type Journal } from '../../plugins/sessions/journal.ts'
import type { StoreApi } from '../../plugins/store/contract.ts'
import { faultyFs, recordingLog, silent, storeOn, temporaryDir } from './store-harness.ts'

describe('a journal', () => {
  interface R { readonly key: number; readonly value: number }
  async function journalOn(store: StoreApi): Promise<{ journal: Journal<R>; state: Map<number, number>; put(key: number, value: number): Promise<void> }> {
    const state = new Map<number, number>()
    const journal = createJournal<R>({ store, name: 'test', log: silent, slack: 20, liveCount: () => state.size, live: function* () { for (const [key, value] of state) yield { key, value } } })
    await journal.load(({ key, value }) => { state.set(key, value) })
    return { journal, state, put: (key, value) => journal.append([{ key, value }], () => { state.set(key, value) }) }
  }

  test('says what was last written, whatever rewrites and restarts came between', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(fc.tuple(fc.nat(5), fc.nat()), { maxLength: 30 }), { maxLength: 6 }), async (rounds) => {
      const dir = await temporaryDir()
      const model = new Map<number, number>()
      for (const round of rounds) {
        const { put, state } = await journalOn(await storeOn(dir))
        expect(state).toEqual(model)
        await Promise.all(round.map(async ([key, value]) => { model.set(key, value); await put(key, value) }))
        expect(state).toEqual(model)
      }
    }), { numRuns: 30 })
  }, 60_000)

  test('waits with a rewrite for what is being written, and loses none of it', async () => {
    const dir = await temporaryDir()
    const store = await storeOn(dir)
    let release = (): void => {}
    const held = new Promise<void>((resolve) => { release = resolve })
    const slow: StoreApi = { ...store, log: (name) => ({ ...store.log(name), async append(lines) {
      if (JSON.stringify(lines).includes('99')) await held
      return store.log(name).append(lines)
    } }) }
    const { put, state, journal } = await journalOn(slow)
    const late = put(99, 1)
    for (let n = 0; n < 40; n++) void put(1, n)
    await new Promise((resolve) => { setTimeout(resolve, 50) })
    release()
    await late
    await journal.settle()
    expect((await journalOn(await storeOn(dir))).state).toEqual(state)
    expect([...state]).toEqual([[1, 39], [99, 1]])
    expect((await store.documents<{ generation: number }>('sessions').get('test'))?.value.generation).toBe(1)
  })

  test('what a rewrite that was cut off had written does not come back', async () => {
    const dir = await temporaryDir()
    const fs = faultyFs()
    const store = await storeOn(dir, { fs })
    const { put, state, journal } = await journalOn(store)
    fs.fault = (call) => (call === 'rename' ? 'EIO' : undefined) // the pointer to the new file cannot be set
    for (let n = 0; n < 30; n++) await put(n, n)
    for (let n = 0; n < 60; n++) await put(1, n)
    await journal.settle()
    fs.fault = () => undefined
    expect(await store.log('sessions/_test/1').size()).toBeGreaterThan(0)
    state.delete(7)
    for (let n = 0; n < 25; n++) await put(1, n) // one more rewrite
    await journal.settle()
    const found = (await journalOn(await storeOn(dir))).state
    expect(found).toEqual(state)
    expect(found.has(7)).toBe(false)
    expect((await store.documents<{ generation: number }>('sessions').get('test'))?.value.generation).toBe(1)
  })

  test('whichever call fails during a rewrite, nothing is lost and it is made up for', async () => {
    for (let n = 0; ; n++) {
      const dir = await temporaryDir()
      const fs = faultyFs()
      const { put, state, journal } = await journalOn(await storeOn(dir, { fs }))
      for (let i = 0; i < 22; i++) await put(i % 3, i)
      await journal.settle()
      const before = fs.calls.length
      fs.fault = (_, index) => (index === before + n ? 'EIO' : undefined)
      const results = await Promise.allSettled(Array.from({ length: 60 }, (_, i) => put(i % 3, 100 + i)))
      await journal.settle()
      const reached = fs.calls.length > before + n
      fs.fault = () => undefined
      if (results.every((r) => r.status === 'fulfilled')) expect([...state.values()]).toEqual([157, 158, 159])
      expect((await journalOn(await storeOn(dir))).state).toEqual(state)
      if (!reached) break
    }
  }, 120_000)

  test('a switch that stood although it was said to have failed loses nothing that is written after it', async () => {
    const dir = await temporaryDir()
    const store = await storeOn(dir)
    let broken = false
    const doubtful: StoreApi = { ...store, documents: <T>(name: string) => ({ ...store.documents<T>(name), async put(key: string, value: T) {
      const revision = await store.documents<T>(name).put(key, value)
      if (broken) throw Object.assign(new Error('the directory could not be synced'), { code: 'NEXUS_STORE_WRITE' })
      return revision
    } }) }
    const { put, state, journal } = await journalOn(doubtful)
    for (let n = 0; n < 22; n++) await put(1, n)
    await journal.settle()
    broken = true
    await put(1, 22) // the rewrite is due, and its end is in doubt
    await journal.settle()
    await expect(put(1, 24)).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE' })
    broken = false
    await put(1, 25)
    expect((await journalOn(await storeOn(dir))).state).toEqual(state)
    expect([...state]).toEqual([[1, 25]])
  })

  test('a damaged line is passed over, and said so', async () => {
    const store = await storeOn(await temporaryDir())
    await store.log('sessions/_test/0').append(['{"key":1,"value":1}', '{', '{"key":2,"value":2}'])
    const log = recordingLog()
    const seen: number[] = []
    await createJournal<R>({ store, name: 'test', log, live: () => [], liveCount: () => 0 }).load(({ key }) => { seen.push(key) })
    expect(seen).toEqual([1, 2])
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { journal: 'test' } }])
  })
})
