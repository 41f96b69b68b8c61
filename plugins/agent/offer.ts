/** The tools of an agent as a model is offered them. The same list gives the same array, so that whoever makes something of it need do so once. */
import type { ModelTool } from '../models/contract.ts'
import type { ToolSpec } from '../tools/contract.ts'
import { sendTool, spawnTool } from './subagents/child.ts'
import { tokensOfText } from './size.ts'

/** `tokens`: what they take of the window. */
export interface Offered { readonly tools: readonly ModelTool[]; readonly tokens: number }
/** `maySpawn` and `maySend`: whether the run has what the tools for sub-agents need. */
export type Offer = (specs: readonly ToolSpec[], maySpawn: boolean, maySend: boolean) => Offered

export const offeredAs = (tools: readonly ModelTool[]): Offered => ({ tools, tokens: tokensOfText(JSON.stringify(tools)) })

export function createOffer(): Offer {
  const made = new WeakMap<readonly ToolSpec[], Map<string, Offered>>()
  return (specs, maySpawn, maySend) => {
    let by = made.get(specs)
    if (!by) made.set(specs, by = new Map())
    const key = `${maySpawn} ${maySend}`
    let offered = by.get(key)
    if (!offered) by.set(key, offered = offeredAs(specs.filter(({ name }) => (name === spawnTool ? maySpawn : name !== sendTool || maySend)).map(({ name, description, parameters }) => ({ name, description, parameters }))))
    return offered
  }
}
