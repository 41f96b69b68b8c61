import { describe, expect, test } from 'vitest'
import type { NexusError } from 'nexus-gateway/sdk'
import { failureOf, providerFailure, usageOf } from '../../plugins/models/contract.ts'
import type { EmitPart, ModelFinish, ModelPart, ModelRequest } from '../../plugins/models/contract.ts'
import { createStream } from '../../plugins/models/stream.ts'
import { fakeClock } from '../../sdk/testing/clock.ts'

const done: ModelFinish = { stopReason: 'stop', usage: usageOf({ input: 1, output: 1 }), provider: 'p', model: 'm' }
const caller = { id: 'test', role: 'operator', scopes: new Set<string>(), label: 'operator' } as const

function asked(ask: (request: ModelRequest, emit: EmitPart) => ModelFinish | Promise<ModelFinish> | undefined) {
  const abort = new AbortController()
  const clock = fakeClock()
  const parts: ModelPart[] = []
  const request: ModelRequest = { provider: 'p', model: 'm', messages: [{ role: 'user', content: 'hi' }], signal: abort.signal, cause: { caller, trace: 't', path: [] } }
  return { abort, clock, parts, answer: createStream(ask, clock)(request, (part) => void parts.push(part)) }
}
const call: ModelPart = { type: 'toolCall', id: 'c', name: 'time', arguments: {} }

describe('tool calls', () => {
  test('are handed on once the answer has ended well, after its text', async () => {
    const { parts, answer } = asked((_, emit) => {
      emit(call)
      emit({ type: 'text', delta: 'a' })
      return done
    })
    await answer
    expect(parts).toEqual([{ type: 'text', delta: 'a' }, call])
  })

  test('of an answer that failed or was aborted are never seen', async () => {
    const failed = asked((_, emit) => {
      emit(call)
      throw providerFailure('p', 'network')
    })
    await expect(failed.answer).rejects.toMatchObject({ code: 'NEXUS_MODELS_PROVIDER' })
    expect(failed.parts).toEqual([])
    const aborted = asked((_, emit) => {
      emit(call)
      return { ...done, stopReason: 'aborted' }
    })
    await aborted.answer
    expect(aborted.parts).toEqual([])
  })
})

test('what a provider says after its end is not heard', async () => {
  let late: EmitPart = () => {}
  const { parts, answer } = asked((_, emit) => {
    late = emit
    return done
  })
  await answer
  late({ type: 'text', delta: 'one more thing' })
  expect(parts).toEqual([])
})

describe('an abort', () => {
  test('resolves as aborted, whatever the provider throws then', async () => {
    const { abort, answer } = asked((request) => new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(new Error('torn')))))
    abort.abort()
    expect(await answer).toMatchObject({ stopReason: 'aborted', provider: 'p', model: 'm' })
  })

  test('is not held up by a provider that does not heed it', async () => {
    let late: EmitPart = () => {}
    const { abort, clock, parts, answer } = asked((_, emit) => {
      late = emit
      return new Promise(() => {})
    })
    abort.abort()
    await clock.advance(1_000)
    expect((await answer).stopReason).toBe('aborted')
    late({ type: 'text', delta: 'too late' })
    expect(parts).toEqual([])
    expect(clock.pending()).toEqual([])
  })

  test('keeps the usage of a provider that ends in order', async () => {
    const { abort, answer, clock } = asked((request) => new Promise((resolve) => request.signal.addEventListener('abort', () => resolve({ ...done, stopReason: 'aborted' }))))
    abort.abort()
    expect((await answer).usage.totalTokens).toBe(2)
    expect(clock.pending()).toEqual([])
  })

  test('before the start asks nobody', async () => {
    let asks = 0
    const clock = fakeClock()
    const signal = AbortSignal.abort()
    const stream = createStream(() => { asks++; return done }, clock)
    expect((await stream({ provider: 'p', model: 'm', messages: [], signal, cause: { caller, trace: 't', path: [] } }, () => {})).stopReason).toBe('aborted')
    expect(asks).toBe(0)
  })
})

describe('a failure', () => {
  test('of a known kind comes through as it is', async () => {
    const { answer } = asked(() => { throw providerFailure('p', 'rate_limit', { status: 429, retryAfterMs: 7_000 }) })
    const error: unknown = await answer.catch((thrown: unknown) => thrown)
    expect(failureOf(error)).toEqual({ kind: 'rate_limit', provider: 'p', retryable: true, status: 429, retryAfterMs: 7_000 })
    expect((error as NexusError).message).toBe('provider "p" takes no more requests for now (HTTP 429)')
    expect((error as NexusError).retryable).toBe(true)
  })

  test('of no known kind is the provider\'s own, and its text stays inside', async () => {
    const error: unknown = await asked(() => { throw new Error('key sk-123 is wrong') }).answer.catch((thrown: unknown) => thrown)
    expect(failureOf(error)).toEqual({ kind: 'server', provider: 'p', retryable: true })
    expect(`${(error as NexusError).message} ${(error as NexusError).fix}`).not.toContain('sk-123')
  })

  test('to find anybody who answers is an unknown model', async () => {
    await expect(asked(() => undefined).answer).rejects.toMatchObject({ code: 'NEXUS_MODELS_UNKNOWN' })
  })

  test('of something else than a provider is none of a provider\'s', () => {
    expect(failureOf(new Error('x'))).toBeUndefined()
    expect(failureOf(undefined)).toBeUndefined()
  })
})
