/** What `nexus models route` has to know besides: how the agent is set up, and which tools it would have. */
import type { CommandIo } from 'nexus-gateway/sdk'

export interface As { readonly agentId?: string; readonly model?: string; readonly thinking?: string; readonly pinned?: boolean; readonly fallbacks?: readonly string[] }
type Agent = Pick<As, 'model' | 'thinking' | 'fallbacks'>

/** As the agent would ask: with the model its settings name, unless another is asked for. Rejects for an agent that is none. */
export async function routeAs(io: Pick<CommandIo, 'call'>, agent: string | undefined, asked: Pick<As, 'model' | 'thinking'>): Promise<As> {
  const { model, thinking, fallbacks }: Agent = await io.call('agents.get', { agentId: agent ?? 'main' }).then((got) => got as Agent, (error: unknown) => {
    // Without agents a model can still be asked; an agent that was named has to be there.
    if (agent === undefined) return {}
    throw error
  })
  const who = agent === undefined ? {} : { agentId: agent }
  const thinks = asked.thinking ?? thinking
  const level = thinks === undefined ? {} : { thinking: thinks }
  if (asked.model !== undefined) return { ...who, ...level, model: asked.model, pinned: true }
  return { ...who, ...level, ...(model !== undefined && { model, pinned: false }), ...(fallbacks && { fallbacks }) }
}

/** By name; nothing where there are no tools at all. */
export async function toolsOf(io: Pick<CommandIo, 'call'>, about: Readonly<Record<string, string>>): Promise<readonly string[] | undefined> {
  try {
    const { tools } = await io.call('tools.list', about) as { readonly tools: readonly { readonly name: string }[] }
    return tools.map(({ name }) => name).toSorted()
  } catch {
    return undefined
  }
}
