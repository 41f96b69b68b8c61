/** `nexus mcp serve`: lines of standard input to the running gateway, and what it says to standard output. It decides nothing. */
import type { CommandIo, CommandSocket } from 'nexus-gateway/sdk'
import { linesOf } from './client/lines.ts'
import { failMcp } from './errors.ts'

const mostLineBytes = 4 * 1024 * 1024
/** How long answers that are under way may take once nothing more comes in. */
const lastAnswersMs = 2_000

export async function serve(io: CommandIo): Promise<number> {
  await using socket = await io.connect()
  const { session } = await socket.call('mcp.connect', {}) as { session: string }
  const write = (message: unknown): void => void io.stdout.write(`${JSON.stringify(message)}\n`)
  const off = socket.on('mcp.message', (event: { session: string; message: unknown }) => { if (event.session === session) write(event.message) })
  let over = false
  const open = new Set<Promise<void>>()
  try {
    const done = read(io, (text) => {
      const work = pass(socket, session, text, write).finally(() => open.delete(work))
      open.add(work)
    }).then(() => { over = true })
    const stopped = new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([done, socket.closed, stopped])
    if (over) await Promise.race([Promise.allSettled([...open]), socket.closed, new Promise((resolve) => { setTimeout(resolve, lastAnswersMs).unref() })])
    if (!over && !io.signal.aborted) io.stderr.write('nexus: the gateway has closed the connection\n')
    return over || io.signal.aborted ? 0 : 69
  } finally {
    off()
    io.stdin.destroy()
  }
}

async function read({ stdin }: CommandIo, take: (line: string) => void): Promise<void> {
  const lines = linesOf(mostLineBytes, take)
  for await (const chunk of stdin) if (!lines.push(Buffer.from(chunk as Uint8Array))) throw failMcp('NEXUS_MCP_MESSAGE', { reason: `a line is longer than ${mostLineBytes} bytes` })
  // The last line may have no end.
  lines.push(Buffer.from('\n'))
}

/** What the gateway refuses is told to whoever asked, as JSON-RPC has it. */
async function pass(socket: CommandSocket, session: string, text: string, write: (message: unknown) => void): Promise<void> {
  if (text.trim() === '') return
  let message: { id?: unknown; method?: unknown }
  try {
    message = JSON.parse(text) as typeof message
  } catch {
    return write({ jsonrpc: '2.0', id: null, error: { code: -32700, message: 'this line is not JSON' } })
  }
  try {
    await socket.call('mcp.send', { session, message })
  } catch (error) {
    if (message?.method !== undefined && message.id === undefined) return
    write({ jsonrpc: '2.0', id: message?.id ?? null, error: { code: -32603, message: error instanceof Error ? error.message : 'it failed' } })
  }
}
