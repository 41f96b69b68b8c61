/**
 * What every store must hold, whatever its engine. A store's own test file calls
 * `storeConformance('name', open)`; what is special to the engine is tested there.
 */
import { describe, expect, onTestFinished, test } from 'vitest'
import { leaseTests } from './store-conformance-leases.ts'
import { orderTests } from './store-conformance-model.ts'
import { all, code, texts, type Open, type StoreUnderTest } from './store-under-test.ts'

export function storeConformance(name: string, openStore: () => Promise<StoreUnderTest>): void {
  const open = async (): Promise<StoreUnderTest> => {
    const opened = await openStore()
    onTestFinished(() => opened.dispose())
    return opened
  }
  describe(`${name}: documents`, () => documentTests(open))
  describe(`${name}: logs`, () => logTests(open))
  describe(`${name}: leases`, () => leaseTests(open))
  describe(`${name}: any order of operations`, () => orderTests(open, openStore))
}

function documentTests(open: Open): void {
  test('a document that was put is there, also after reopening', async () => {
    const { store, reopen } = await open()
    const revision = await store.documents('things').put('a', { n: [1, null, 'ü', { deep: true }] })
    const expected = { value: { n: [1, null, 'ü', { deep: true }] }, revision }
    expect(await store.documents('things').get('a')).toEqual(expected)
    expect(await (await reopen()).documents('things').get('a')).toEqual(expected)
  })

  test('what is put is a copy', async () => {
    const { store } = await open()
    const value = { n: 1 }
    const written = store.documents('things').put('a', value)
    value.n = 2
    await written
    expect((await store.documents<{ n: number }>('things').get('a'))?.value.n).toBe(1)
  })

  test('a missing document, key or collection is nothing, not an error', async () => {
    const { store } = await open()
    expect(await store.documents('none').get('a')).toBeUndefined()
    expect(await store.documents('none').delete('a')).toBe(false)
    expect(await store.documents('none').keys()).toEqual([])
  })

  test('compare and set: a write with an old revision is refused and changes nothing', async () => {
    const { store } = await open()
    const things = store.documents('things')
    const first = await things.put('a', 1, { revision: 0 })
    await expect(things.put('a', 2, { revision: 0 })).rejects.toEqual(code('NEXUS_STORE_CONFLICT'))
    const second = await things.put('a', 2, { revision: first })
    await expect(things.put('a', 3, { revision: first })).rejects.toEqual(code('NEXUS_STORE_CONFLICT'))
    await expect(things.delete('a', { revision: first })).rejects.toEqual(code('NEXUS_STORE_CONFLICT'))
    await expect(things.put('b', 1, { revision: second })).rejects.toEqual(code('NEXUS_STORE_CONFLICT'))
    expect(await things.get('a')).toEqual({ value: 2, revision: second })
    expect(await things.delete('a', { revision: second })).toBe(true)
    expect(await things.get('a')).toBeUndefined()
  })

  test('of many that set the same revision at once exactly one succeeds', async () => {
    const { store } = await open()
    const things = store.documents<number>('things')
    const revision = await things.put('a', 0)
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => things.put('a', i + 1, { revision })))
    const won = results.flatMap((r, i) => (r.status === 'fulfilled' ? [i + 1] : []))
    expect(won).toHaveLength(1)
    expect((await things.get('a'))?.value).toBe(won[0])
  })

  test('no revision comes back: not after a delete, not after reopening, not for another key', async () => {
    const { store, reopen } = await open()
    const seen: number[] = []
    let current = store
    for (let i = 0; i < 5; i++) {
      const things = current.documents('things')
      seen.push(await things.put('a', i), await things.put('b', i))
      await things.delete('a')
      seen.push(await things.put('a', i))
      current = await reopen()
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect([...seen].sort((a, b) => a - b)).toEqual(seen)
  })

  test('keys are told apart to the last character', async () => {
    const { store, reopen } = await open()
    const keys = [
      'agent:main:main', 'agent:Main:main', 'agent:main:MAIN', 'a/b', 'a\\b', '..', '.', '.hidden', 'con', 'CON.txt', 'nul', 'end.', 'end. ', ' ',
      '%41', 'A', 'a~b', 'ä', 'a\u0308', '😀', '__proto__', 'constructor', 'x'.repeat(300), `${'x'.repeat(300)}y`, 'é'.repeat(512), '"', '*?<>|',
    ]
    for (const key of keys) await store.documents('odd').put(key, key)
    const again = (await reopen()).documents('odd')
    for (const key of keys) expect((await again.get(key))?.value).toBe(key)
    expect((await again.keys()).sort()).toEqual([...keys].sort())
  })

  test('collections are apart, also nested ones', async () => {
    const { store } = await open()
    await store.documents('a').put('b', 1)
    await store.documents('a/b').put('b', 2)
    expect(await store.documents('a').keys()).toEqual(['b'])
    expect((await store.documents('a/b').get('b'))?.value).toBe(2)
  })

  test.each(['', 'a'.repeat(1025), 'é'.repeat(513), 'a\nb', 'a\0b', '\ud800'])('the key %j is refused', async (key) => {
    const { store } = await open()
    await expect(store.documents('things').get(key)).rejects.toEqual(code('NEXUS_STORE_NAME'))
    await expect(store.documents('things').put(key, 1)).rejects.toEqual(code('NEXUS_STORE_NAME'))
    await expect(store.documents('things').delete(key)).rejects.toEqual(code('NEXUS_STORE_NAME'))
  })

  test.each(['', '/', '..', '../x', 'a/../b', 'a//b', '/a', 'a/', 'A', 'a b', 'a.b', 'a:b', '-a', 'a\\b', 'é', 'a/b/c/d/e/f/g/h/i', 'x'.repeat(101)])('the name %j is refused', async (bad) => {
    const { store } = await open()
    expect(() => store.documents(bad)).toThrow(code('NEXUS_STORE_NAME'))
    expect(() => store.log(bad)).toThrow(code('NEXUS_STORE_NAME'))
  })

  test('what is not JSON, or too large, is refused', async () => {
    const { store } = await open()
    const circle: unknown[] = []
    circle.push(circle)
    for (const bad of [undefined, () => 1, 1n, circle]) await expect(store.documents('things').put('a', bad)).rejects.toEqual(code('NEXUS_STORE_VALUE'))
    await expect(store.documents('things').put('a', 'x'.repeat(8 * 1024 * 1024))).rejects.toEqual(code('NEXUS_STORE_TOO_LARGE'))
    expect(await store.documents('things').get('a')).toBeUndefined()
  })
}

function logTests(open: Open): void {
  test('lines come back in order, with their offsets, also after reopening', async () => {
    const { store, reopen } = await open()
    const log = store.log('journal/day')
    expect(await log.append('one')).toEqual({ offset: 0, end: 4 })
    expect(await log.append(['zwö', 'three'])).toEqual({ offset: 4, end: 15 })
    const expected = [{ offset: 0, end: 4, text: 'one' }, { offset: 4, end: 9, text: 'zwö' }, { offset: 9, end: 15, text: 'three' }]
    expect(await all(log)).toEqual(expected)
    const again = (await reopen()).log('journal/day')
    expect(await all(again)).toEqual(expected)
    expect(await again.append('four')).toEqual({ offset: 15, end: 20 })
    expect(texts(await all(again, 9))).toEqual(['three', 'four'])
  })

  test('a log that was never written is empty, and asking creates nothing', async () => {
    const { store } = await open()
    const log = store.log('none')
    expect([await log.size(), await all(log), await log.lastLines(5), (await log.readBytes(0)).length, await log.remove()]).toEqual([0, [], [], 0, false])
    expect(await log.append([])).toEqual({ offset: 0, end: 0 })
    expect(await log.size()).toBe(0)
  })

  test('concurrent appends keep the order of the calls and resolve with their own places', async () => {
    const { store } = await open()
    const log = store.log('busy')
    const spans = await Promise.all(Array.from({ length: 500 }, (_, i) => log.append(i % 7 === 0 ? [`a${i}`, `b${i}`] : `a${i}`)))
    const lines = await all(log)
    expect(texts(lines)).toEqual(Array.from({ length: 500 }, (_, i) => (i % 7 === 0 ? [`a${i}`, `b${i}`] : [`a${i}`])).flat())
    expect(spans.map((s) => lines.find((l) => l.offset === s.offset)?.text)).toEqual(Array.from({ length: 500 }, (_, i) => `a${i}`))
    expect(spans.at(-1)?.end).toBe(await log.size())
  })

  test('the last lines are read from the end, page by page', async () => {
    const { store } = await open()
    const log = store.log('pages')
    const written = Array.from({ length: 1000 }, (_, i) => `${i} ${'x'.repeat((i * 37) % 400)}`)
    await log.append(written)
    expect(texts(await log.lastLines(3))).toEqual(written.slice(-3))
    let pages: string[] = []
    let before: number | undefined
    for (;;) {
      const page = await log.lastLines(64, before === undefined ? {} : { before })
      if (page.length === 0) break
      pages = [...texts(page), ...pages]
      before = page[0]?.offset as number
    }
    expect(pages).toEqual(written)
  })

  test('the last lines stay within maxBytes, but one line is always given', async () => {
    const { store } = await open()
    const log = store.log('large')
    await log.append(['x'.repeat(300_000), 'y'.repeat(300_000), 'z'.repeat(300_000)])
    expect((await log.lastLines(3, { maxBytes: 700_000 })).map((l) => l.text[0])).toEqual(['y', 'z'])
    expect((await log.lastLines(3, { maxBytes: 1 })).map((l) => l.text[0])).toEqual(['z'])
    expect((await log.lastLines(3, { before: 300_001 + 5 })).map((l) => l.text[0])).toEqual(['x'])
  })

  test('a reader can stop early, read a part by bytes, and limit the lines', async () => {
    const { store } = await open()
    const log = store.log('part')
    await log.append(['a', 'b', 'c'])
    for await (const line of log.read()) { expect(line.text).toBe('a'); break }
    const limited: string[] = []
    for await (const line of log.read({ from: 2, limit: 1 })) limited.push(line.text)
    expect(limited).toEqual(['b'])
    expect(Buffer.from(await log.readBytes(2, 3)).toString()).toBe('b\nc')
    expect(Buffer.from(await log.readBytes(4)).toString()).toBe('c\n')
    expect(await log.readBytes(6)).toHaveLength(0)
  })

  test('lines of up to 8 MiB are kept; longer ones and ones with a line break are refused alone', async () => {
    const { store } = await open()
    const log = store.log('long')
    const longest = 'x'.repeat(8 * 1024 * 1024)
    const results = await Promise.allSettled([log.append('first'), log.append(`${longest}x`), log.append('é'.repeat(4 * 1024 * 1024 + 1)), log.append('a\nb'), log.append(['ok', 'a\n']), log.append(longest)])
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'rejected', 'fulfilled'])
    for (const r of results) if (r.status === 'rejected') expect(r.reason).toEqual(code('NEXUS_STORE_LINE'))
    const kept = await all(log)
    expect(kept.map((l) => l.text.length)).toEqual([5, longest.length])
    expect((await log.lastLines(1))[0]?.text).toBe(longest)
  })

  test('a removed log begins anew', async () => {
    const { store, reopen } = await open()
    const log = store.log('gone')
    await log.append('old')
    const [, removed, after] = await Promise.all([log.append('older'), log.remove(), log.append('new')])
    expect([removed, after]).toEqual([true, { offset: 0, end: 4 }])
    expect(texts(await all((await reopen()).log('gone')))).toEqual(['new'])
  })

  test('a log that is looked at while it goes away does not take the next append with it', async () => {
    const { store, reopen } = await open()
    await store.log('gone').append('old')
    for (let i = 0; i < 5; i++) {
      const log = (await reopen()).log('gone')
      await Promise.all([log.remove(), log.size(), log.append(`new ${i}`)])
      expect(texts(await all((await reopen()).log('gone')))).toEqual([`new ${i}`])
    }
  })

  test('two handles of one name are one log', async () => {
    const { store } = await open()
    await store.log('same').append('a')
    await store.log('same').append('b')
    expect(texts(await all(store.log('same')))).toEqual(['a', 'b'])
  })

  test('metrics show what is pending and its bound', async () => {
    const { store } = await open()
    const written = store.log('m').append('12345')
    expect(store.metrics()).toMatchObject({ pending: 1, pendingBytes: 6 })
    await written
    const after = store.metrics()
    expect(after).toMatchObject({ pending: 0, pendingBytes: 0 })
    expect(after.appends).toBeGreaterThan(0)
    expect(after.maxPendingBytes).toBeGreaterThan(0)
  })
}
