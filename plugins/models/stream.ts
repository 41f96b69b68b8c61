/** One answer of one provider, with what every caller may rely on whatever the provider does; and an answer as work to be tried. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Clock, MaybePromise } from 'nexus-gateway/sdk'
import type { Candidate } from './candidates.ts'
import type { Bounds } from './control.ts'
import { failModels, providerFailure } from './errors.ts'
import type { Estimator } from './estimate.ts'
import { mended } from './messages.ts'
import type { EmitPart, ModelFinish, ModelPart, ModelRequest } from './request.ts'
import { usageOf } from './usage.ts'
import { orLate } from './waits.ts'
import type { Work } from './work.ts'

type Ask = (request: ModelRequest, emit: EmitPart) => MaybePromise<ModelFinish | undefined>
type Stream = (request: ModelRequest, emit: EmitPart) => Promise<ModelFinish>

export function createStream(ask: Ask, clock: Clock): Stream {
  return async (request, emit) => {
    if (request.signal.aborted) return abortedOf(request)
    const gate = gated(request.signal, emit)
    try {
      const finish = await orLate(ask({ ...request, messages: mended(request.messages) }, gate.emit), request.signal, clock, () => abortedOf(request))
      if (finish === undefined) throw failModels('NEXUS_MODELS_UNKNOWN', { hint: '' })
      if (finish.stopReason !== 'aborted') gate.release()
      return finish
    } catch (error) {
      if (request.signal.aborted) return abortedOf(request)
      throw failureFrom(error, request.provider)
    } finally {
      gate.close()
    }
  }
}

/** `stream` gives one guarded answer of one provider. */
export function answerWork(stream: Stream, estimate: Estimator, request: ModelRequest, emit: EmitPart): Work<ModelFinish> {
  return {
    about: request,
    estimate: (spec) => estimate(request, spec),
    async ask(candidate, bounds, heard) {
      const value = await stream(requestFor(request, candidate, bounds), (part) => {
        heard(part.type === 'text' || part.type === 'thinking' ? part.delta.length : 0)
        emit(part)
      })
      const aborted = value.stopReason === 'aborted'
      return { value, aborted, ...((!aborted || value.usage.totalTokens > 0) && { usage: value.usage }) }
    },
    aborted: () => abortedOf(request),
  }
}

function requestFor({ fallbacks: _, account: __, ready: ___, ...request }: ModelRequest, { spec, account }: Candidate, { maxOutputTokens: limit, signal }: Bounds): ModelRequest {
  return {
    ...request, provider: spec.provider, model: spec.id, spec, signal, ...(account && { account: account.id }),
    ...(limit !== undefined && { maxOutputTokens: Math.min(limit, request.maxOutputTokens ?? limit) }),
  }
}

/** Passes parts on until the end, holding tool calls back until the answer is known to be whole. */
function gated(signal: AbortSignal, emit: EmitPart): { emit: EmitPart; release(): void; close(): void } {
  const calls: ModelPart[] = []
  let open = true
  return {
    emit: (part) => {
      if (!open || signal.aborted) return
      if (part.type === 'toolCall') calls.push(part)
      else emit(part)
    },
    release: () => calls.forEach(emit),
    close: () => { open = false },
  }
}

const abortedOf = ({ provider, model }: ModelRequest): ModelFinish => ({ stopReason: 'aborted', usage: usageOf({}), provider, model })

/** What a provider throws without saying what it is counts as its own fault; refusals of the kernel and of other plugins stay. */
export function failureFrom(error: unknown, provider: string): unknown {
  if (error instanceof NexusError && error.code !== 'NEXUS_HOOK_FAILED') return error
  return providerFailure(provider, 'server', {}, error)
}
