/** MCP over a program's standard input and output. What is no message is skipped and counted; what is too long, or too much of it, ends the connection. */
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client'
import type { Log } from 'nexus-gateway/sdk'
import { failMcp } from '../errors.ts'
import type { Child } from './child.ts'
import { linesOf } from './lines.ts'
import { line } from './text.ts'

/** A picture of 5 MiB in base64 fits. */
const messageBytes = 8 * 1024 * 1024
const unsentBytes = 16 * 1024 * 1024
const mostGarbage = 100
const errorLineBytes = 16_384
/** Lines of its standard error for the log, in all the time of one connection. */
const mostErrorLines = 1_000
const keptErrorLines = 5

export interface StdioTransport extends Transport {
  /** Why the connection ended, if it did by itself. */
  readonly trouble: Error | undefined
  /** The last it wrote to its standard error. */
  lastWords(): string
}

export function stdioTransport(server: string, child: Child, log: Log): StdioTransport {
  const { stdin, stdout, stderr } = child.process
  const last: string[] = []
  let garbage = 0
  let told = 0
  let closed = false
  let trouble: Error | undefined

  const transport: StdioTransport = {
    get trouble() { return trouble },
    lastWords: () => last.join(' | '),
    async start() {
      const messages = linesOf(messageBytes, receive)
      stdout.on('data', (chunk: Buffer) => { if (!closed && !messages.push(chunk)) give(`it wrote a line of more than ${messageBytes} bytes`) })
      let errors = linesOf(errorLineBytes, complain)
      stderr.on('data', (chunk: Buffer) => { if (!errors.push(chunk)) errors = linesOf(errorLineBytes, complain) })
      void child.ended.then((how) => {
        trouble ??= failMcp('NEXUS_MCP_UNAVAILABLE', { server, reason: `its program ended (${how})` })
        finish()
      })
    },
    async send(message) {
      if (closed) throw failMcp('NEXUS_MCP_UNAVAILABLE', { server, reason: 'the connection is closed' })
      if (stdin.writableLength > unsentBytes) throw failMcp('NEXUS_MCP_UNAVAILABLE', { server, reason: 'it does not read what it is sent' })
      stdin.write(`${JSON.stringify(message)}\n`)
    },
    async close() {
      finish()
      await child.stop()
    },
  }

  function receive(text: string): void {
    if (closed || text.trim() === '') return
    const message = parsed(text)
    if (message) return transport.onmessage?.(message)
    if (++garbage === 1) log.warn('an MCP server writes what is no message to its standard output', { server })
    if (garbage > mostGarbage) give(`it wrote more than ${mostGarbage} lines that are no messages`)
  }
  function complain(text: string): void {
    if (text.trim() === '') return
    const words = line(text, 1_000)
    last.push(line(text, 200))
    if (last.length > keptErrorLines) last.shift()
    if (told++ < mostErrorLines) log.debug('an MCP server says', { server, text: words })
  }
  function give(reason: string): void {
    trouble ??= failMcp('NEXUS_MCP_PROTOCOL', { server, reason })
    void transport.close()
  }
  function finish(): void {
    if (closed) return
    closed = true
    transport.onclose?.()
  }
  return transport
}

/** One message; batches are of a protocol that nobody speaks any more. */
function parsed(text: string): JSONRPCMessage | undefined {
  try {
    const value = JSON.parse(text) as JSONRPCMessage | null
    return typeof value === 'object' && value !== null && !Array.isArray(value) && value.jsonrpc === '2.0' ? value : undefined
  } catch {
    return undefined // the caller counts it
  }
}
