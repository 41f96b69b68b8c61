/** What is kept of transcripts in memory changes nothing of what is read. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SessionEntry } from '../../plugins/sessions/contract.ts'
import { makeHeader } from '../../plugins/sessions/entries.ts'
import { createTails, type Tail } from '../../plugins/sessions/tail.ts'
import { createTranscript, type Transcript } from '../../plugins/sessions/transcript.ts'
import type { AppendLog } from '../../plugins/store/contract.ts'
import { asked, said } from './sessions-harness.ts'
import { faultyFs, storeOn, temporaryDir } from './store-harness.ts'

const all = (_: SessionEntry): _ is SessionEntry => true
const over = (log: AppendLog, tail: Tail): Transcript => createTranscript({ log, tail, now: () => 5, damaged: () => {}, header: () => makeHeader('s', '/', 0) })

type Step = { readonly log: number } & ({ readonly do: 'append'; readonly sizes: readonly number[] } | { readonly do: 'page'; readonly limit: number; readonly before: number; readonly maxBytes: number } | { readonly do: 'other'; readonly text: string } | { readonly do: 'fail' })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('append' as const), log: fc.nat(2), sizes: fc.array(fc.nat(400), { minLength: 1, maxLength: 5 }) }),
  fc.record({ do: fc.constant('page' as const), log: fc.nat(2), limit: fc.integer({ min: 1, max: 40 }), before: fc.nat(6), maxBytes: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({ do: fc.constant('other' as const), log: fc.nat(2), text: fc.constantFrom('{"type":"message"}', 'ü no json', '{"type":"custom","id":"x","parentId":null,"customType":"c"}') }),
  fc.record({ do: fc.constant('fail' as const), log: fc.nat(2) }),
)

test('with any bound, pages are what they are without it, whoever wrote, and when a write failed', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), fc.constantFrom({ one: 0, all: 0 }, { one: 700, all: 900 }, { one: 2_000, all: 100_000 }, {}), async (steps, limits) => {
    const fs = faultyFs()
    const store = await storeOn(await temporaryDir(), { fs })
    const tailOf = createTails(limits)
    const logs = [0, 1, 2].map((n) => store.log(`sessions/main/${n}`))
    const kept = logs.map((log) => over(log, tailOf()))
    for (const one of steps) {
      const [log, mine] = [logs[one.log]!, kept[one.log]!]
      const positions = (await over(log, createTails({ one: 0 })()).page({ limit: 1_000 }, all)).map(({ position }) => position)
      if (one.do === 'append') await mine.append(one.sizes.map((size, n) => (n % 2 ? said : asked)('ü'.repeat(size))))
      else if (one.do === 'other') await log.append(one.text)
      else if (one.do === 'fail') {
        fs.fault = (call) => (call === 'write' ? 'ENOSPC' : undefined)
        await expect(mine.append([asked('lost')])).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE' })
        fs.fault = () => undefined
      } else {
        const before = one.before === 0 ? undefined : positions.at(-one.before)
        const options = { limit: one.limit, maxBytes: one.maxBytes, ...(before !== undefined && { before }) }
        // Bytes are counted with what ends a line, here as there.
        expect(await mine.page(options, all)).toEqual(await over(log, createTails({ one: 0 })()).page(options, all))
      }
    }
    for (const [n, mine] of kept.entries()) expect(await mine.page({ limit: 1_000 }, all)).toEqual(await over(logs[n]!, createTails({ one: 0 })()).page({ limit: 1_000 }, all))
    await store.close()
  }), { numRuns: 60 })
}, 60_000)

test('what was written or read is not read again, and what is beyond the bound is', async () => {
  const fs = faultyFs()
  const store = await storeOn(await temporaryDir(), { fs })
  const tailOf = createTails({ one: 3_000, all: 4_000 })
  const reads = async (transcript: Transcript): Promise<number> => {
    fs.calls.length = 0
    await transcript.page({ limit: 100 }, all)
    return fs.calls.filter((call) => call === 'read').length
  }
  const [a, b] = ['a', 'b'].map((name) => over(store.log(name), tailOf())) as [Transcript, Transcript]
  await a.append([asked('x'.repeat(2_000))])
  expect(await reads(a)).toBe(0)
  await b.append([asked('x'.repeat(2_000))])
  expect([await reads(b), await reads(a)]).toEqual([0, expect.any(Number) as number])
  expect(await reads(a)).toBe(0)
  expect(await reads(b)).toBeGreaterThan(0)
  expect([await reads(a) > 0, await reads(a)]).toEqual([true, 0])
  await a.append([asked('x'.repeat(1_000))])
  expect(await reads(a)).toBeGreaterThan(0)
})

test('lines stand one behind the other: what somebody else wrote in between is read', () => {
  const tail = createTails()()
  tail.wrote(['1', '22'], 10)
  expect(tail.before(15, 9).map(({ offset, bytes }) => [offset, bytes])).toEqual([[10, 2], [12, 3]])
  expect(tail.before(12, 9).map(({ offset }) => offset)).toEqual([10])
  expect([tail.before(10, 9), tail.before(14, 9)]).toEqual([[], []])
  tail.seen([{ offset: 4, end: 8, text: 'xxx' }])
  tail.seen([{ offset: 8, end: 10, text: 'y' }])
  tail.wrote(['3'], 15)
  expect(tail.before(17, 9).map(({ offset }) => offset)).toEqual([8, 10, 12, 15])
  tail.wrote(['4'], 30)
  expect(tail.before(32, 9).map(({ offset }) => offset)).toEqual([30])
})
