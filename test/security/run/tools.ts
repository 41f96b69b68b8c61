/** The verbs that call tools, by whatever way there is. */
import { jsonIn } from './lookup.ts'
import type { Input } from './schema.ts'
import type { Seen } from './seen.ts'
import { http, rpc, type Way } from './talk.ts'

/** `code` is NEXUS's own, of the call or of what the tool has answered; `text` all that it says. */
export async function tool(way: Way, { tool: name, args, more, body, path, rpc: byRpc, on }: Input<'tool'>): Promise<Seen> {
  const given = { ...(args !== undefined && { args }), ...more as object }
  const seen = byRpc ? await rpc(way, { method: 'tools.execute', params: { name, ...given } })
    : await http(way, { method: 'POST', path, ...(on !== undefined && { on }), ...(body === undefined ? { json: { tool: name, ...given } } : { body, headers: { 'Content-Type': 'application/json' } }) })
  return told(seen)
}

interface Result { readonly content?: readonly { readonly text?: string }[]; readonly details?: { readonly code?: string } }
interface Problem { readonly code?: string; readonly details?: { readonly nexus?: string } }

function told(seen: Seen): Seen {
  const { result } = (jsonIn(seen.body) ?? {}) as { result?: Result }
  const { error, payload = result } = seen as { error?: Problem; payload?: Result }
  const code = error?.details?.nexus ?? error?.code ?? payload?.details?.code
  const text = payload?.content?.map((part) => part.text ?? '').join('\n')
  return { ...seen, verb: 'tool', payload, ...(code !== undefined && { code }), ...(text !== undefined && { text }) }
}

/** Every path by every tool, each as it takes it. */
export async function reach(way: Way, { paths, tools }: Input<'reach'>): Promise<Seen> {
  const results: Seen[] = []
  for (const path of paths) {
    for (const name of tools) {
      const seen = await tool(way, { tool: name, args: { path, ...argsOf(name, way.run.marker) }, path: '/tools/invoke' })
      results.push({ ...seen, payload: { tool: name, path, ...seen.payload as object } })
    }
  }
  return { verb: 'reach', at: performance.now(), results }
}

function argsOf(tool: Input<'reach'>['tools'][number], marker: string): object {
  switch (tool) {
    case 'write': return { content: `reached-${marker}` }
    case 'edit': return { oldText: 'secret', newText: 'reached', all: true }
    case 'search': return { query: 'secret' }
    default: return {}
  }
}
