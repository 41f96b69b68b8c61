/** A run as server-sent events, without a server: silence, a client that leaves, and a run that never was. */
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../sdk/testing/clock.ts'
import type { RunOutcome } from '../../plugins/agent/contract.ts'
import { usageOf } from '../../plugins/models/contract.ts'
import { streamed } from '../../plugins/openai/stream.ts'
import { cause } from './agent-fakes.ts'

const head = { id: 'chatcmpl_1', created: 1, model: 'nexus' }
const outcome: RunOutcome = {
  runId: 'r1', agentId: 'main', sessionKey: undefined, cause, startedAt: 0, endedAt: 1, status: 'ok', stopReason: 'stop', usage: usageOf({}),
  steps: 1, provider: 'p', model: 'm', error: undefined, pieces: 1, text: 'hello',
}
function open() {
  const clock = fakeClock()
  let left = 0
  const stream = streamed(head, false, clock, () => { left++ })
  return { clock, stream, left: () => left }
}

describe('a stream', () => {
  it('says every 15 s that it goes on, and nothing after its end', async () => {
    const { clock, stream, left } = open()
    await clock.advance(31_000)
    stream.event({ type: 'text', delta: 'hello' })
    stream.end(outcome)
    expect(clock.pending()).toEqual([])
    stream.event({ type: 'text', delta: 'too late' })
    stream.end(outcome)
    const lines = (await stream.response.text()).split('\n\n')
    expect(lines.map((line) => line.slice(0, 5))).toEqual(['data:', ': the', ': the', 'data:', 'data:', 'data:', ''])
    expect([lines.at(-2), left()]).toEqual(['data: [DONE]', 0])
  })

  it('tells when the client leaves, and is quiet from then on', async () => {
    const { clock, stream, left } = open()
    await stream.response.body!.cancel()
    expect([left(), clock.pending()]).toEqual([1, []])
    stream.event({ type: 'text', delta: 'hello' })
    stream.end(outcome)
  })

  it('leaves no timer behind when its run never began', () => {
    const { clock, stream } = open()
    stream.discard()
    expect(clock.pending()).toEqual([])
  })
})
