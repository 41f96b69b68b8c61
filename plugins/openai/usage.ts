/** Counted tokens in OpenAI's two shapes. */
import type { ModelUsage } from '../models/contract.ts'

const inputOf = ({ input, cacheRead, cacheWrite }: ModelUsage): number => input + cacheRead + cacheWrite

export function chatUsage(usage: ModelUsage) {
  const { output, cacheRead, totalTokens, reasoning = 0 } = usage
  return {
    prompt_tokens: inputOf(usage), completion_tokens: output, total_tokens: totalTokens,
    prompt_tokens_details: { cached_tokens: cacheRead }, completion_tokens_details: { reasoning_tokens: reasoning },
  }
}

export function responseUsage(usage: ModelUsage) {
  const { output, cacheRead, cacheWrite, totalTokens, reasoning = 0 } = usage
  return {
    input_tokens: inputOf(usage), input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output, output_tokens_details: { reasoning_tokens: reasoning }, total_tokens: totalTokens,
  }
}
