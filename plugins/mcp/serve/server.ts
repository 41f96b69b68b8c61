/** One server of the library for one client, which says nothing of itself but what the desk says. */
import type { Server } from '@modelcontextprotocol/server'
import type { Call } from 'nexus-gateway/sdk'
import type { Desk } from './offered.ts'

export type Library = typeof import('@modelcontextprotocol/server')
/** What the library hands to a handler, as far as it is needed. */
interface Context { readonly mcpReq: { readonly id: string | number; readonly signal: AbortSignal }; readonly http?: { readonly authInfo?: { readonly extra?: Record<string, unknown> } | undefined } }
/** By which call of the gateway a request came in. */
export type CallOf = (context: Context) => Call

const instructions = 'A gateway to agents. The tools named nexus_… talk to it; the others are those its agents use.'

export function makeServer(library: Library, desk: Desk, callOf: CallOf): Server {
  const server = new library.Server({ name: 'nexus-gateway', version: '1' }, { capabilities: { tools: {} }, instructions })
  server.setRequestHandler('tools/list', async (_, context) => {
    const offered = await desk.list(callOf(context as Context))
    return { tools: offered.map(({ readOnly, inputSchema, ...tool }) => ({ ...tool, inputSchema: inputSchema as { type: 'object' }, annotations: { readOnlyHint: readOnly } })) }
  })
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const call = callOf(context as Context)
    return { ...await desk.run(params.name, params.arguments, call, AbortSignal.any([call.signal, (context as Context).mcpReq.signal])) }
  })
  return server
}
