/** `chat.history`: the latest messages, as many as fit. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeOf, hangs, says } from './agent-fakes.ts'
import type { Bench } from './agent-fakes.ts'
import { ended, key, send, withChat } from './chat-bench.ts'

describe('chat.history', () => {
  const said = (role: 'user' | 'assistant', text: string) => ({ type: 'message', message: { role, content: [{ type: 'text', text }] } }) as never
  interface Answer { messages: { content: { text: string }[]; truncated?: true; queued?: true; id: string }[]; nextCursor?: string; sessionId?: string }
  const texts = ({ messages }: Answer): string[] => messages.map(({ content }) => content[0]!.text)
  const read = async ({ k }: Bench, more: object = {}) => await k.call('chat.history', { sessionKey: 'main', ...more }) as Answer

  it('gives the latest messages, newest last, and pages back', () => withChat(says('hello'), async (bench) => {
    bench.sessions.put(key, Array.from({ length: 7 }, (_, n) => said(n % 2 ? 'assistant' : 'user', `m${n}`)))
    const newest = await read(bench, { limit: 3 })
    expect([texts(newest), newest.sessionId, newest.messages[0]!.id]).toEqual([['m4', 'm5', 'm6'], `id of ${key}`, expect.any(String)])
    const older = await read(bench, { limit: 3, cursor: newest.nextCursor })
    expect(texts(older)).toEqual(['m1', 'm2', 'm3'])
    const oldest = await read(bench, { limit: 3, cursor: older.nextCursor })
    expect([texts(oldest), oldest.nextCursor]).toEqual([['m0'], undefined])
    expect(newest.messages.every((message) => !('position' in message))).toBe(true)
  }))

  it('shows messages that wait for their turn', () => withChat(hangs(), async (bench) => {
    await send(bench, 'k1')
    await bench.k.settled()
    await send(bench, 'k2')
    expect((await read(bench)).messages).toMatchObject([{ content: [{ text: 'question of k1' }] }, { content: [{ text: 'question of k2' }], queued: true }])
    await bench.k.call('chat.abort', { sessionKey: 'main' })
    await ended(bench, 'k2')
  }))

  it('stays below the bytes asked for, and below 6 MiB, keeping the newest', () => withChat(says('hello'), async (bench) => {
    bench.sessions.put(key, Array.from({ length: 100 }, (_, n) => said('user', `${n}`.padEnd(100_000, 'x'))))
    const all = await read(bench, { limit: 1000 })
    expect(Buffer.byteLength(JSON.stringify(all))).toBeLessThan(6 * 1024 * 1024)
    expect(texts(all).at(-1)!.startsWith('99x')).toBe(true)
    const older = await read(bench, { limit: 1000, cursor: all.nextCursor })
    expect(texts(older).at(-1)!.startsWith(`${99 - all.messages.length}x`)).toBe(true)
    expect((await read(bench, { maxBytes: 250_000 })).messages).toHaveLength(2)
    expect((await read(bench, { maxBytes: 1024 })).messages).toHaveLength(1)
  }))

  it('leaves out what is too large and cuts what is too long, and says so', () => withChat(says('hello'), async (bench) => {
    bench.sessions.put(key, [said('user', 'x'.repeat(200_000)), said('assistant', 'hello world')])
    const whole = await read(bench)
    expect(whole.messages).toMatchObject([{ truncated: true, content: [{ text: expect.stringContaining('196 KiB') }] }, { content: [{ text: 'hello world' }] }])
    expect(texts(await read(bench, { maxChars: 5 }))).toEqual(['xxxxx…', 'hello…'])
  }))

  it('leaves out the pictures of a message that is too large, and keeps what was said with them', () => withChat(says('hello'), async (bench) => {
    const picture = { type: 'image', mimeType: 'image/png', data: 'A'.repeat(300_000) }
    const message = { role: 'user', content: [{ type: 'text', text: 'look at this' }, picture] }
    bench.sessions.put(key, [{ type: 'message', message } as never, { type: 'message', message: { role: 'user', content: [{ ...picture, data: 'A'.repeat(400) }] } } as never])
    const { messages } = await read(bench)
    expect(messages).toMatchObject([{ truncated: true, content: [{ type: 'text', text: 'look at this' }, { type: 'text', text: '[left out here: a picture, image/png, 220 KiB]' }] }, { content: [{ type: 'image' }] }])
    expect(messages[1]).not.toHaveProperty('truncated')
  }))

  it('paged back, gives every message once, whole and in order, in pages that keep to their bounds', () => withChat(says('hello'), async (bench) => {
    let session = 0
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1_024, max: 400_000 }), async (sizes, limit, maxBytes) => {
      const sessionKey = `agent:main:p${session++}`
      bench.sessions.put(sessionKey, sizes.map((size, n) => said('user', `${n} ${'x'.repeat(size)}`)))
      const found: string[] = []
      for (let cursor: string | undefined; ;) {
        const page = await read(bench, { sessionKey, limit, maxBytes, ...(cursor === undefined ? {} : { cursor }) })
        expect(page.messages.length).toBeLessThanOrEqual(limit)
        if (page.messages.length > 1) expect(Buffer.byteLength(JSON.stringify(page.messages))).toBeLessThanOrEqual(maxBytes + 2)
        found.unshift(...texts(page))
        if (page.nextCursor === undefined) break
        expect(page.messages.length).toBeGreaterThan(0)
        cursor = page.nextCursor
      }
      expect(found).toHaveLength(sizes.length)
      for (const [n, size] of sizes.entries()) expect(found[n]).toMatch(size > 128 * 1024 - 200 ? /^\[left out|^\d+ x/ : new RegExp(`^${n} x{${Math.min(size, 100)}}`))
    }), { numRuns: 60 })
  }))

  it('of a session that does not exist is empty and creates none', () => withChat(says('hello'), async (bench) => {
    expect(await read(bench, { sessionKey: 'agent:main:none' })).toEqual({ sessionKey: 'agent:main:none', messages: [] })
    await expect(read(bench, { sessionId: 'x' }).catch(codeOf)).resolves.toBe('NEXUS_CHAT_SESSION_CHANGED')
  }))

  it('refuses what it would have to ignore', () => withChat(says('hello'), async (bench) => {
    for (const more of [{ offset: 5 }, { pendingBefore: 1 }, { inputRunIds: ['x'] }, { messageId: 'x' }]) await expect(read(bench, more).catch(codeOf)).resolves.toBe('NEXUS_CHAT_UNSUPPORTED')
    expect(await read(bench, { offset: 0, inputRunIds: [] }).catch(codeOf)).not.toBe('NEXUS_CHAT_UNSUPPORTED')
    for (const more of [{ limit: 0 }, { limit: 1001 }, { cursor: 'x' }, { maxBytes: 1 }]) await expect(read(bench, more).catch(codeOf)).resolves.toBe('NEXUS_CALL_INVALID_PARAMS')
  }))
})
