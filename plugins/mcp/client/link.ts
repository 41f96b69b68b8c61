/** One connection to a server, from its start to its end. */
import type { Client, Transport } from '@modelcontextprotocol/client'
import * as v from 'valibot'
import { NexusError } from 'nexus-gateway/sdk'
import type { Cause, Clock, Log } from 'nexus-gateway/sdk'
import type { FetchApi } from '../../outbound/contract.ts'
import type { ServerConfig } from '../config.ts'
import { failMcp } from '../errors.ts'
import { startChild } from './child.ts'
import { environmentOf } from './environment.ts'
import { httpTransport } from './http.ts'
import { stdioTransport } from './stdio.ts'
import { line } from './text.ts'

export interface LinkParts {
  readonly server: string
  readonly config: ServerConfig
  readonly web: FetchApi | undefined
  readonly cause: Cause
  readonly clock: Clock
  readonly log: Log
  readonly env: NodeJS.ProcessEnv
  load(): Promise<typeof import('@modelcontextprotocol/client')>
}

export interface Link {
  readonly client: Client
  readonly pid: number | undefined
  /** Resolves, with the reason, when it is over. */
  readonly closed: Promise<string>
  close(reason?: string): Promise<void>
}

const farewellMs = 500

/** Rejects, with nothing left behind, when it cannot be made within `startMs` or `signal` aborts. */
export async function connect(parts: LinkParts, changed: () => void, signal: AbortSignal): Promise<Link> {
  const { server, config } = parts
  const library = await parts.load().catch((error: unknown) => { throw failMcp('NEXUS_MCP_LIBRARY', { library: '@modelcontextprotocol/client' }, error) })
  if (config.command !== undefined) return program(parts, library, changed, signal)
  const kinds = config.transport === 'auto' ? ['http', 'sse'] as const : [config.transport]
  if (!parts.web) throw failMcp('NEXUS_MCP_UNAVAILABLE', { server, reason: 'the plugin `outbound`, by which it is asked, is not there' })
  let first: unknown
  for (const kind of kinds) {
    try {
      const transport = httpTransport(library, kind, { web: parts.web, cause: parts.cause, url: config.url!, headers: config.headers, idleMs: config.timeoutMs })
      return await greeted(parts, library, transport, undefined, changed, signal)
    } catch (error) {
      first ??= error
      const { status } = error as { status?: unknown }
      // What an older server says to a request of the newer kind.
      if (typeof status !== 'number' || status < 400 || status > 405 || status === 401 || status === 403) break
    }
  }
  throw readable(server, first)
}

async function program(parts: LinkParts, library: Awaited<ReturnType<LinkParts['load']>>, changed: () => void, signal: AbortSignal): Promise<Link> {
  const { server, config: { command, args, cwd, env }, clock, log } = parts
  const child = await startChild({ command: command!, args, cwd: cwd ?? parts.env['HOME'] ?? parts.env['USERPROFILE'] ?? '/', env: await environmentOf(env, parts.env) }, clock)
    .catch((error: unknown) => { throw error instanceof NexusError ? error : failMcp('NEXUS_MCP_START', { server, reason: codeOf(error) }, error) })
  const transport = stdioTransport(server, child, log)
  try {
    return await greeted(parts, library, transport, child.process.pid, changed, signal, () => transport.trouble)
  } catch (error) {
    await transport.close()
    const words = transport.lastWords()
    if (words !== '') log.warn('an MCP server did not start; this is what it said last', { server, words })
    throw readable(server, transport.trouble ?? error)
  }
}

async function greeted({ server, config, clock }: LinkParts, library: Awaited<ReturnType<LinkParts['load']>>, transport: Transport, pid: number | undefined, changed: () => void, signal: AbortSignal, trouble?: () => Error | undefined): Promise<Link> {
  // Nothing is declared: whoever asks for sampling, elicitation or roots is told that there is no such method.
  const client = new library.Client({ name: 'nexus-gateway', version: '1' }, { capabilities: {} })
  let end!: (reason: string) => void
  const closed = new Promise<string>((resolve) => { end = resolve })
  Object.assign(client, {
    onclose: () => end(trouble?.()?.message ?? 'the connection was closed'),
    // Whatever goes wrong shows in what fails because of it.
    onerror: () => undefined,
  })
  client.setNotificationHandler('notifications/tools/list_changed', changed)
  try {
    await client.connect(transport, { signal, timeout: config.startMs })
  } catch (error) {
    await client.close().catch(() => undefined /* it never was open */)
    throw error
  }
  return {
    client, pid, closed,
    async close(reason) {
      if (reason !== undefined) end(reason)
      if ('terminateSession' in transport) await atMost(clock, farewellMs, (transport as { terminateSession(): Promise<void> }).terminateSession())
      await client.close().catch(() => end(`the connection to ${server} was closed`))
      // A program's end is awaited; closing the client has only begun it.
      await transport.close()
    },
  }
}

function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(resolve, ms)
    void work.catch(() => undefined /* a session that nobody ends expires */).then(() => {
      clock.clearTimeout(timer)
      resolve()
    })
  })
}

/** An error whose text may be shown: ours as it is, others by their kind, for they may repeat what was sent. */
export function readable(server: string, error: unknown): NexusError {
  if (error instanceof NexusError) return error
  const cause = error instanceof Error && error.cause instanceof NexusError ? error.cause : undefined
  if (cause) return cause
  const { status } = error as { status?: unknown }
  if (typeof status === 'number') return failMcp('NEXUS_MCP_UNAVAILABLE', { server, reason: `it answered with status ${status}` }, error)
  return failMcp('NEXUS_MCP_UNAVAILABLE', { server, reason: codeOf(error) }, error)
}

/** A code of the system's or of the library's, or else the error's kind. */
function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return line(typeof code === 'string' || typeof code === 'number' ? String(code) : typeof name === 'string' ? name : 'unknown error', 64)
}

/** One page of tools; what is in it is looked at elsewhere. */
export const ToolsPage = v.looseObject({ tools: v.array(v.unknown()), nextCursor: v.optional(v.nullable(v.string())) })
