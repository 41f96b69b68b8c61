/** What an answer has cost, as it stands in its message: by kind of token, in US dollars. */
import { costsOf } from '../models/contract.ts'
import type { ModelsApi, ModelSpec, ModelUsage } from '../models/contract.ts'
import type { Usage } from '../sessions/contract.ts'

interface Answered { readonly provider: string; readonly model: string; readonly usage: ModelUsage }

/** Without `cost` where no price is known. What the provider itself has counted goes before every price. `spec`: of the model that was asked; another may have answered. */
export async function usageWithCost(models: Pick<ModelsApi, 'resolve'>, spec: ModelSpec, { provider, model, usage }: Answered): Promise<Usage> {
  if (usage.totalTokens === 0 && usage.reported === undefined) return usage
  const own = spec.provider === provider && spec.id === model ? spec : await models.resolve(`${provider}/${model}`).catch(() => undefined)
  const listed = costsOf(usage, own?.price)
  const { reported } = usage
  if (reported === undefined || !Number.isFinite(reported) || reported < 0) return listed ? { ...usage, cost: listed } : usage
  // Shares as the list has them, of the sum that is owed.
  const share = listed && listed.total > 0 ? reported / listed.total : 0
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 } = listed ?? {}
  return { ...usage, cost: { input: input * share, output: output * share, cacheRead: cacheRead * share, cacheWrite: cacheWrite * share, total: reported } }
}
