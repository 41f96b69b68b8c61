/** Plays an answer word by word. What it says depends on the request alone. */
import type { Clock } from 'nexus-gateway/sdk'
import { pause, providerFailure, usageOf } from '../models/contract.ts'
import type { EmitPart, ModelFinish, ModelRequest } from '../models/contract.ts'
import { answerTo } from './answer.ts'
import { conversationOf, tokensIn, wordsOf } from './words.ts'

export interface DemoSettings { readonly delayMs: number; readonly verbatim: boolean }

export function createDemo(clock: Clock, { delayMs, verbatim }: DemoSettings): (request: ModelRequest, emit: EmitPart) => Promise<ModelFinish> {
  return async (request, emit) => {
    const answer = answerTo(request, verbatim)
    if (answer.fail) throw providerFailure(request.provider, answer.fail)
    const input = tokensIn(conversationOf(request.messages))
    const finish = (stopReason: ModelFinish['stopReason'], output: number): ModelFinish =>
      ({ stopReason, usage: usageOf({ input, output }), provider: request.provider, model: request.model })

    const words = wordsOf(upToStop(answer.text, request.stop ?? []))
    const most = Math.min(words.length, request.maxOutputTokens ?? words.length)
    for (let said = 0; said < most; said++) {
      const ms = answer.delayMs ?? delayMs
      if (ms > 0) await pause(clock, ms, request.signal)
      if (request.signal.aborted) return finish('aborted', said)
      emit({ type: 'text', delta: words[said]! })
    }
    if (most < words.length) return finish('length', most)
    for (const call of answer.calls) emit(call)
    const spent = most + answer.calls.reduce((sum, call) => sum + tokensIn(JSON.stringify(call.arguments)), 0)
    return finish(answer.calls.length > 0 ? 'toolUse' : 'stop', spent)
  }
}

function upToStop(text: string, stops: readonly string[]): string {
  const ends = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0)
  return text.slice(0, Math.min(text.length, ...ends))
}
