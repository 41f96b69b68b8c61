/** The parts of the agent that need no kernel: lanes, pieces, context, breaker, settings. */
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { createBreaker } from '../../plugins/agent/breaker.ts'
import { AgentConfig } from '../../plugins/agent/config.ts'
import { contextOf, newest } from '../../plugins/agent/context.ts'
import { createDraft } from '../../plugins/agent/draft.ts'
import { createLanes } from '../../plugins/agent/lanes.ts'
import type { Place } from '../../plugins/agent/lanes.ts'
import { createPieces } from '../../plugins/agent/pieces.ts'
import { profiles } from '../../plugins/agent/profiles.ts'
import { tokensOfAll } from '../../plugins/agent/size.ts'
import type { Message, StoredEntry } from '../../plugins/sessions/contract.ts'

describe('lanes', () => {
  it('give one turn per key at a time, in order, whoever leaves when', () => fc.assert(fc.asyncProperty(
    fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), leaver: fc.nat(30) }), { maxLength: 60 }),
    async (steps) => {
      const lanes = createLanes(5)
      const entered: { key: string; order: number; place: Place; gone: boolean }[] = []
      const turns: { key: string; order: number }[] = []
      let early = 0
      const leave = async (one: (typeof entered)[number]): Promise<void> => {
        one.gone = true
        one.place.leave()
        one.place.leave()
        await Promise.resolve()
      }
      for (const { key, leaver } of steps) {
        const place = lanes.enter(key)
        expect(place === undefined).toBe(entered.filter((one) => one.key === key && !one.gone).length > 5)
        if (place) {
          const one = { key, order: entered.length, place, gone: false }
          entered.push(one)
          void place.turn.then(() => {
            turns.push(one)
            if (entered.some((other) => other.key === key && !other.gone && other.order < one.order)) early++
          })
        }
        await Promise.resolve()
        const one = entered[leaver]
        if (one && !one.gone) await leave(one)
      }
      for (const one of entered) if (!one.gone) await leave(one)
      expect(early).toBe(0)
      expect(lanes.waiting).toBe(0)
      for (const key of ['a', 'b', 'c']) {
        const orders = turns.filter((turn) => turn.key === key).map(({ order }) => order)
        expect(orders).toEqual(orders.toSorted((x, y) => x - y))
      }
    })))
})

describe('pieces', () => {
  it('put together are the text, however it comes and whenever it is flushed', () => fc.assert(fc.property(
    fc.array(fc.record({ wait: fc.nat(400), delta: fc.string({ maxLength: 5 }), flush: fc.boolean() })),
    (steps) => {
      let now = 0
      const timers = new Map<object, { at: number; run: () => void }>()
      const clock = {
        now: () => now,
        setTimeout(run: () => void, ms: number) {
          const timer = {}
          timers.set(timer, { at: now + ms, run })
          return timer
        },
        clearTimeout: (timer: unknown) => void timers.delete(timer as object),
      }
      const sent: { at: number; delta: string; seq: number; text: string; flushed: boolean }[] = []
      let flushing = false
      const pieces = createPieces(clock, 150, (seq, delta, text) => sent.push({ at: now, seq, delta, text, flushed: flushing }))
      const advance = (until: number): void => {
        for (const [timer, { at, run }] of timers) {
          if (at > until) continue
          timers.delete(timer)
          now = at
          run()
        }
        now = until
      }
      const flush = (): void => {
        flushing = true
        pieces.flush()
        flushing = false
      }
      for (const step of steps) {
        advance(now + step.wait)
        pieces.add(step.delta)
        if (step.flush) flush()
      }
      flush()
      const all = steps.map(({ delta }) => delta).join('')
      expect(sent.map(({ delta }) => delta).join('')).toBe(all)
      expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, at) => at + 1))
      expect(sent.every(({ delta }) => delta !== '')).toBe(true)
      expect(sent.every(({ text }, at) => text === sent.slice(0, at + 1).map(({ delta }) => delta).join(''))).toBe(true)
      for (const [at, one] of sent.entries()) if (at > 0 && !one.flushed) expect(one.at - sent[at - 1]!.at).toBeGreaterThanOrEqual(150)
      expect([pieces.text, pieces.count, timers.size]).toEqual([all, sent.length, 0])
    })))
})

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }], timestamp: 0 })
const assistant = (...content: Extract<Message, { role: 'assistant' }>['content']): Message => ({
  role: 'assistant', content, provider: 'p', model: 'm', stopReason: 'stop', timestamp: 0, usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 },
})
const says = (text: string): Message => assistant({ type: 'text', text })
let ids = 0
const entry = (rest: object): StoredEntry => ({ id: `e${++ids}`, parentId: null, timestamp: '', position: ids, ...rest }) as StoredEntry
const message = (one: Message): StoredEntry => entry({ type: 'message', message: one })
const texts = (entries: readonly StoredEntry[], maxTokens = 1e6): unknown[] =>
  newest(contextOf(entries, (text) => text), maxTokens).map(({ role, content }) => [role, typeof content === 'string' ? content : content.map((part) => ('text' in part ? part.text : part.type)).join('|')])

describe('the context of a prompt', () => {
  it('is what was said, without entries that no model is to see', () => {
    expect(texts([
      message(user('a')), entry({ type: 'custom', customType: 'nexus.run' }), message(says('b')), message(assistant({ type: 'text', text: '' })),
      message(assistant({ type: 'thinking', thinking: 'hm' })), message(assistant({ type: 'thinking', thinking: 'hm' }, { type: 'text', text: 'c' })),
      entry({ type: 'custom_message', customType: 'x', content: 'note', display: false }), entry({ type: 'branch_summary', fromId: 'x', summary: 'other' }),
    ])).toEqual([['user', 'a'], ['assistant', 'b'], ['assistant', 'thinking|c'], ['user', 'note'], ['user', expect.stringContaining('other')]])
  })

  it('begins with the summary of the last compaction and what it kept', () => {
    const kept = message(user('kept'))
    const compaction = entry({ type: 'compaction', summary: 'so far', firstKeptEntryId: kept.id, tokensBefore: 1 })
    expect(texts([message(user('old')), kept, message(says('also')), compaction, message(user('new'))]))
      .toEqual([['user', expect.stringContaining('so far')], ['user', 'kept'], ['assistant', 'also'], ['user', 'new']])
    const lost = entry({ type: 'compaction', summary: 'far back', firstKeptEntryId: 'gone', tokensBefore: 1 })
    expect(texts([message(user('old')), lost, message(user('new'))])).toEqual([['user', expect.stringContaining('far back')], ['user', 'new']])
  })

  it('is cut to the window, begins with a user, and keeps the newest question whatever its size', () => {
    const entries = [message(user('one')), message(says('1')), message(user('two')), message(says('2')), message(user('three'))]
    const all = tokensOfAll(contextOf(entries, (text) => text))
    expect(texts(entries, all)).toHaveLength(5)
    expect(texts(entries, all - 1)).toEqual([['user', 'two'], ['assistant', '2'], ['user', 'three']])
    expect(texts(entries, 1)).toEqual([['user', 'three']])
    expect(texts([message(says('only me'))], 1)).toEqual([['assistant', 'only me']])
  })
})

describe('a draft', () => {
  it('joins pieces of one kind and keeps the order of kinds', () => {
    const draft = createDraft()
    const call = { type: 'toolCall', id: 'c', name: 'n', arguments: {} } as const
    for (const part of [{ type: 'thinking', delta: 'a' }, { type: 'thinking', delta: 'b', signature: 's' }, { type: 'thinking', delta: 'c' }, { type: 'text', delta: 'd' }, { type: 'text', delta: 'e' }, call, { type: 'text', delta: 'f' }] as const) draft.take(part)
    expect(draft.content()).toEqual([{ type: 'thinking', thinking: 'ab', signature: 's' }, { type: 'thinking', thinking: 'c' }, { type: 'text', text: 'de' }, call, { type: 'text', text: 'f' }])
    expect(draft.calls).toEqual([call])
  })
})

describe('the breaker', () => {
  it('tells calls apart by name and arguments, and begins anew when an answer differs', () => {
    const breaker = createBreaker()
    for (let i = 0; i < 3; i++) breaker.answered('a', { x: 1 }, 'same')
    expect([breaker.check('a', { x: 1 }), breaker.check('a', { x: 2 }), breaker.check('b', { x: 1 })]).toEqual(['refuse', 'run', 'run'])
    breaker.answered('a', { x: 1 }, 'other')
    expect(breaker.check('a', { x: 1 })).toBe('run')
  })
})

describe('settings', () => {
  it('of an agent go before the defaults, and main is always there and first', () => {
    const all = profiles(v.parse(AgentConfig, { defaults: { model: 'm', maxSteps: 4 }, agents: [{ id: 'coder', name: 'C', model: 'n', system: '' }] }))
    expect([...all.values()]).toMatchObject([
      { id: 'main', name: undefined, model: 'm', system: expect.stringContaining('assistant'), timeoutMs: 600_000, maxSteps: 4 },
      { id: 'coder', name: 'C', model: 'n', system: '', timeoutMs: 600_000, maxSteps: 4 },
    ])
    expect([...profiles(v.parse(AgentConfig, { agents: [{ id: 'b' }, { id: 'main', name: 'M' }] })).keys()]).toEqual(['main', 'b'])
    expect(v.safeParse(AgentConfig, { agents: [{ id: 'Not Allowed' }] }).success).toBe(false)
  })
})
