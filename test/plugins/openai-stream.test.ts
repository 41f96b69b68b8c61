/** A run as server-sent events, without a server: silence, a client that leaves or is slow, and a run that never was. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../sdk/testing/clock.ts'
import type { RunOutcome } from '../../plugins/agent/contract.ts'
import { providerFailure, usageOf } from '../../plugins/models/contract.ts'
import { chatStream } from '../../plugins/openai/chat/stream.ts'
import { cause } from './agent-fakes.ts'

const head = { id: 'chatcmpl_1', created: 1, model: 'nexus' }
const outcome: RunOutcome = {
  runId: 'r1', agentId: 'main', sessionKey: undefined, cause, startedAt: 0, endedAt: 1, status: 'ok', stopReason: 'stop', usage: usageOf({}),
  steps: 1, provider: 'p', model: 'm', error: undefined, pieces: 1, text: 'hello',
}
function open() {
  const clock = fakeClock()
  let left = 0
  const stream = chatStream(head, false, clock, () => { left++ })
  return { clock, stream, left: () => left }
}
interface Chunk { readonly choices: readonly { readonly delta: { readonly content?: string } }[] }

describe('a stream', () => {
  it('begins after 15 s at the latest, says every 15 s that it goes on, and nothing after its end', async () => {
    const { clock, stream, left } = open()
    await clock.advance(46_000)
    const response = await stream.response
    stream.event({ type: 'text', delta: 'hello' })
    stream.end(outcome, [])
    expect(clock.pending()).toEqual([])
    stream.event({ type: 'text', delta: 'too late' })
    stream.end(outcome, [])
    const lines = (await response.text()).split('\n\n')
    expect(lines.map((line) => line.slice(0, 5))).toEqual(['data:', ': the', ': the', 'data:', 'data:', 'data:', ''])
    expect([lines.at(-2), left()]).toEqual(['data: [DONE]', 0])
  })

  it('begins with the first sign of work, be it a thought or a tool', async () => {
    for (const event of [{ type: 'thinking', delta: 'hm' }, { type: 'toolStart', id: '1', name: 'read', args: {} }] as const) {
      const { stream } = open()
      stream.event({ type: 'start', at: 0 })
      stream.event(event)
      expect((await stream.response).status).toBe(200)
      stream.discard()
    }
  })

  it('that fails before it has begun is an answer with a status; later the failure is in it', async () => {
    const failed: RunOutcome = { ...outcome, status: 'error', stopReason: 'error', error: providerFailure('p', 'rate_limit') }
    const early = open()
    early.stream.event({ type: 'start', at: 0 })
    early.stream.end(failed, [])
    expect([(await early.stream.response).status, early.clock.pending()]).toEqual([429, []])
    const late = open()
    late.stream.event({ type: 'text', delta: 'half' })
    late.stream.end(failed, [])
    const response = await late.stream.response
    expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(/half[^]*"error":\{[^]*"code":"rate_limit_exceeded"\}\}\n\ndata: \[DONE\]\n\n$/)])
  })

  it('tells when the client leaves, and is quiet from then on', async () => {
    const { clock, stream, left } = open()
    stream.event({ type: 'text', delta: 'hel' })
    await (await stream.response).body!.cancel()
    expect([left(), clock.pending()]).toEqual([1, []])
    stream.event({ type: 'text', delta: 'hello' })
    stream.end(outcome, [])
  })

  it('leaves no timer behind when its run never began', () => {
    const { clock, stream } = open()
    stream.discard()
    expect(clock.pending()).toEqual([])
  })

  it('put together is what was said, however slowly it is read', () => fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 40_000, unit: 'binary' }), fc.boolean()), { maxLength: 20 }), async (said) => {
    const { stream } = open()
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
    let bytes = Buffer.alloc(0)
    const read = async (): Promise<boolean> => {
      const { value, done } = await reader!.read()
      if (value) bytes = Buffer.concat([bytes, value])
      return !done
    }
    for (const [delta, looks] of said) {
      stream.event({ type: 'text', delta })
      reader ??= (await stream.response).body!.getReader()
      if (looks) await read()
    }
    stream.end(outcome, [])
    reader ??= (await stream.response).body!.getReader()
    while (await read());
    const chunks = bytes.toString().split('\n\n').filter((line) => line.startsWith('data: {')).map((line) => JSON.parse(line.slice(6)) as Chunk)
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(said.map(([delta]) => delta).join(''))
  }), { numRuns: 60 }))
})
