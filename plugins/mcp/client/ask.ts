/** One request of a model's to a server, and how its failure is told. */
import type { ToolResult } from '../../tools/contract.ts'
import type { Link } from './link.ts'
import { readable } from './link.ts'
import type { McpServer } from './server.ts'
import { line } from './text.ts'

/** For the library: progress does not win a request time. */
export interface Wire { readonly signal: AbortSignal; readonly timeout: number; readonly resetTimeoutOnProgress: false }
export type Work = (client: Link['client'], wire: Wire) => Promise<ToolResult>

/** What a server answers with an error of the protocol is its answer; what goes wrong on the way is ours to tell. `ms`: the executor's deadline, which comes first. */
export async function asked(server: McpServer, signal: AbortSignal, ms: number, work: Work): Promise<ToolResult> {
  try {
    return await server.use(({ client }) => work(client, { signal, timeout: ms + 1_000, resetTimeoutOnProgress: false }), signal)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const { code, message } = error as { code?: unknown; message?: unknown }
    if (typeof code === 'number') return { content: [{ type: 'text', text: `The server refused it (${code}): ${line(message, 2_000)}` }], isError: true }
    throw readable(server.name, error)
  }
}
