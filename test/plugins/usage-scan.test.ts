/** What is counted by stepping over bytes is what whoever parses every line counts. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aLine, plainly, scanned, sumsOf } from './usage-harness.ts'

/** Parts that have ended before something else ends as parts do: what is between the two is no part of them. */
const lookingLonger = [
  '{"type":"custom","data":0,"message":{"role":"user","content":[],"timestamp":1700000000000,"details":[{"":""}]}}',
  '{"type":"custom","data":[],"message":0}',
  '{"type":"message","message":{"role":"assistant","content":[{"type":"text","n":1}],"timestamp":1700000000000,"model":"m","usage":{"input":5,"output":1,"cost":{"total":0.0000000005}},"details":[{"text":"x"}]}}',
  '{"type":"message","timestamp":1700000000000,"message":{"role":"assistant","content":["a"],"usage":{"input":4.99999999999999999,"output":7,"cost":{"total":0.01234567849999999999}},"more":[{"a":"]"}],"durationMs":1.49999999999999999}}',
  '{"type":"message","timestamp":"2026x02-21T09:00:01.000Z","message":{"role":"user","content":[[{"a":"b"}]],"timestamp":1700000000000}}',
]

describe('a transcript', () => {
  test('of any entries and any look-alikes in its texts counts as if every line were parsed', () => {
    fc.assert(fc.property(fc.array(aLine, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 4 }), fc.boolean(), (lines, pieces, takeEach) => {
      const text = lines.map((line) => `${line}\n`).join('')
      const found = scanned(text, pieces, undefined, takeEach)
      expect(sumsOf(found.steps)).toEqual(plainly(text))
      expect(found.bytes).toBe(Buffer.byteLength(text))
    }), { numRuns: 1500, examples: [[lookingLonger.slice(0, 2), [4000], false], [lookingLonger, [7], true]] })
  })

  test('cut at any byte counts its whole lines, and goes on to the same sums from where it was left', () => {
    fc.assert(fc.property(fc.array(aLine, { minLength: 1, maxLength: 4 }), fc.nat(), (lines, at) => {
      const data = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      const cut = at % data.length
      const first = scanned(data.subarray(0, cut), [700])
      expect(first.bytes).toBeLessThanOrEqual(cut)
      const rest = scanned(data.subarray(first.bytes), [300], first.state)
      expect(sumsOf([...first.steps, ...rest.steps])).toEqual(plainly(data.toString()))
    }), { numRuns: 800 })
  })

  test('torn at every byte of its last line waits there, or has it whole', () => {
    const whole = '{"type":"message","timestamp":"2026-02-21T09:00:01.000Z","message":{"role":"assistant","content":[{"type":"text","text":"a \\"usage\\":{} }"}],"provider":"p","model":"m","usage":{"input":3,"output":4,"cost":{"total":0.5}}}}'
    for (let cut = 0; cut <= whole.length; cut++) {
      const { bytes } = scanned(`${whole}\n${whole.slice(0, cut)}`)
      expect(bytes).toBe(whole.length + 1 + (cut === whole.length ? cut : 0))
    }
  })

  test('that is damaged in a line loses that line only', () => {
    const good = '{"type":"message","timestamp":1700000000000,"message":{"role":"user","content":"x"}}'
    for (const bad of ['{"type":"mess', '}{', '{"message":{"role":"user"}', '[1,2', '{"a" 1}', '{"a":1,}', `${good}${good}`, 'nonsense', '{"message":{"role":"assistant","usage":{"input":1,}}}']) {
      const { steps, damaged } = scanned(`${good}\n${bad}\n${good}\n`)
      expect([bad, damaged]).toEqual([bad, 1])
      expect(sumsOf(steps)).toEqual({ '1888888 / user': 2 })
    }
  })

  test('with a line of several megabytes is read like any other', () => {
    const picture = Buffer.alloc(3 << 20, 'iVBORw0KGgo').toString()
    const text = `${JSON.stringify({ type: 'message', timestamp: 1_700_000_000_000, message: { role: 'toolResult', toolName: 'browser', content: [{ type: 'image', data: picture }], isError: true } })}\n`
    expect(sumsOf(scanned(text.repeat(2), [1 << 20, 7]).steps)).toEqual({ '1888888 / toolResults': 2, '1888888 / errors': 2 })
  })
})

test('the transcripts that the reference has written count as if every line were parsed', async () => {
  const folder = join(import.meta.dirname, '../fixtures/sessions/shapes')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
  expect(names.length).toBeGreaterThan(4)
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8')
    const sums = sumsOf(scanned(text, [100]).steps)
    expect([name, sums]).toEqual([name, plainly(text)])
    expect(Object.keys(sums).some((key) => key.endsWith(' total'))).toBe(true)
  }
})
