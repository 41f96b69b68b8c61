/** One answer of one provider, with what every caller may rely on whatever the provider does. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Clock, MaybePromise } from 'nexus-gateway/sdk'
import { failModels, providerFailure } from './errors.ts'
import { mended } from './messages.ts'
import type { EmitPart, ModelFinish, ModelPart, ModelRequest } from './request.ts'
import { usageOf } from './usage.ts'

type Ask = (request: ModelRequest, emit: EmitPart) => MaybePromise<ModelFinish | undefined>

/** How long a provider may take to end after an abort before it is left behind. */
const graceMs = 1_000

export function createStream(ask: Ask, clock: Clock): (request: ModelRequest, emit: EmitPart) => Promise<ModelFinish> {
  return async (request, emit) => {
    if (request.signal.aborted) return abortedOf(request)
    const gate = gated(request.signal, emit)
    try {
      const finish = await orAborted(ask({ ...request, messages: mended(request.messages) }, gate.emit), request, clock)
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

/** The provider's answer; or, some time after an abort that it does not heed, the fact that it was aborted. */
function orAborted(answer: MaybePromise<ModelFinish | undefined>, request: ModelRequest, clock: Clock): Promise<ModelFinish | undefined> {
  return new Promise((resolve, reject) => {
    let timer: unknown
    const give = (): void => { timer = clock.setTimeout(() => resolve(abortedOf(request)), graceMs) }
    if (request.signal.aborted) give()
    else request.signal.addEventListener('abort', give, { once: true })
    Promise.resolve(answer).then(resolve, reject).finally(() => {
      request.signal.removeEventListener('abort', give)
      if (timer !== undefined) clock.clearTimeout(timer)
    })
  })
}

export const abortedOf = ({ provider, model }: ModelRequest): ModelFinish => ({ stopReason: 'aborted', usage: usageOf({}), provider, model })

/** What a provider throws without saying what it is counts as its own fault; refusals of the kernel and of other plugins stay. */
function failureFrom(error: unknown, provider: string): unknown {
  if (error instanceof NexusError && error.code !== 'NEXUS_HOOK_FAILED') return error
  return providerFailure(provider, 'server', {}, error)
}
