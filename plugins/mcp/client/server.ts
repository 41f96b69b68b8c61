/** One server of the settings: kept connected, its tools known, called. */
import { NexusError } from 'nexus-gateway/sdk'
import type { McpStatus, ServerState } from '../contract.ts'
import { failMcp } from '../errors.ts'
import { definitionsOf, difference, printsOf } from './definition.ts'
import type { Definition, Difference, Listing, Prints } from './definition.ts'
import { connect, readable, ToolsPage } from './link.ts'
import type { Link, LinkParts } from './link.ts'
import { line } from './text.ts'

export interface McpServer {
  readonly name: string
  /** Keeps it connected until `signal` aborts; resolves once nothing of it is left. */
  run(signal: AbortSignal): Promise<void>
  /** What is offered: as told last, also while it is being connected anew. */
  definitions(): readonly Definition[]
  find(name: string): Definition | undefined
  has(capability: 'resources'): boolean
  /** Connects if need be and lists if that was a while ago. Rejects with NEXUS_MCP_UNAVAILABLE and the like. */
  fresh(signal: AbortSignal): Promise<void>
  /** One request to it, under its deadline. */
  use<T>(work: (link: Link) => Promise<T>, signal: AbortSignal): Promise<T>
  /** As `fresh`, at once and in any case. */
  probe(signal: AbortSignal): Promise<void>
  status(): McpStatus
}

export interface ServerParts extends LinkParts {
  changed(difference: Difference): void
  /** What it told before this start, if that is known; and what it tells now. */
  recall(): Promise<Prints | undefined>
  remember(prints: Prints): Promise<void>
}

const firstPauseMs = 1_000
const longestPauseMs = 60_000
/** Connected for so long, and the next failure is a first one again. */
const steadyMs = 60_000
/** A listing this old is not relied on: a server may change without saying so. */
const staleMs = 15_000
const betweenListsMs = 1_000
const mostPages = 50
const mostListed = 2_000
const mostRunning = 32

export function createServer(parts: ServerParts): McpServer {
  const { server, config, clock, log } = parts
  let state: ServerState = config.enabled ? 'connecting' : 'off'
  let since = clock.now()
  let link: Link | undefined
  let listing: Listing = { offered: [], left: [] }
  let listedAt: number | undefined
  let lastError: string | undefined
  const counts = { connections: 0, running: 0, done: 0, failed: 0 }
  let waiters: (() => void)[] = []
  let wake: () => void = () => undefined
  let listingNow: Promise<void> | undefined

  function enter(next: ServerState): void {
    state = next
    since = clock.now()
    const told = waiters
    waiters = []
    for (const tell of told) tell()
  }

  async function run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      enter('connecting')
      const began = clock.now()
      const reason = await once(signal).catch((error: unknown) => readable(server, error).message)
      if (signal.aborted) break
      lastError = line(reason, 500)
      failures = clock.now() - began > steadyMs ? 1 : failures + 1
      if (failures === 1) log.warn('an MCP server is not connected; it is tried again', { server, reason: lastError })
      enter('waiting')
      await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)), signal)
    }
    enter('off')
  }

  /** Connected until it ends, and why it did. */
  async function once(signal: AbortSignal): Promise<string> {
    const opened = await connect(parts, () => void relist(), signal)
    try {
      link = opened
      counts.connections++
      await list(opened, signal)
      lastError = undefined
      enter('ready')
      log.info('an MCP server is connected', { server, tools: listing.offered.length, left: listing.left.length })
      return await untilAborted(opened.closed, signal) ?? 'the plugin closes'
    } finally {
      link = undefined
      await opened.close()
    }
  }

  function pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clock.clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = clock.setTimeout(done, ms)
      signal.addEventListener('abort', done, { once: true })
      wake = done
    })
  }

  /** One listing at a time, whoever asks for it. */
  function list(from: Link, signal: AbortSignal): Promise<void> {
    return listingNow ??= listAll(from, signal).finally(() => { listingNow = undefined })
  }

  async function listAll({ client }: Link, signal: AbortSignal): Promise<void> {
    const told: unknown[] = []
    let cursor: string | undefined
    const until = clock.now() + config.startMs
    for (let page = 0; client.getServerCapabilities()?.tools; page++) {
      const timeout = until - clock.now()
      if (page >= mostPages || timeout <= 0) throw failMcp('NEXUS_MCP_PROTOCOL', { server, reason: 'its list of tools does not end' })
      const { tools, nextCursor } = await client.request({ method: 'tools/list', params: cursor === undefined ? {} : { cursor } }, ToolsPage, { signal, timeout })
      told.push(...tools.slice(0, mostListed - told.length))
      if (typeof nextCursor !== 'string' || nextCursor === cursor || told.length >= mostListed) break
      cursor = nextCursor
    }
    await adopt(definitionsOf(server, config, told))
  }

  /** A server that changed while the gateway was away is told of as well. */
  async function adopt(next: Listing): Promise<void> {
    const now = printsOf(next.offered)
    const before = listedAt === undefined ? await parts.recall() : printsOf(listing.offered)
    listing = next
    listedAt = clock.now()
    const differs = before && difference(before, now)
    if (differs) {
      const { added, removed, changed } = differs
      log[changed.length > 0 ? 'warn' : 'info']('an MCP server tells other tools than before', { server, added: added.slice(0, 20), removed: removed.slice(0, 20), changed: changed.slice(0, 20) })
      parts.changed(differs)
    }
    if (differs || !before) await parts.remember(now)
  }

  /** It says that its tools are others now; however often it says so, it is asked once a second. */
  let due = false
  async function relist(): Promise<void> {
    if (due) return
    due = true
    const left = (listedAt ?? 0) + betweenListsMs - clock.now()
    if (left > 0) await new Promise<void>((resolve) => { clock.setTimeout(resolve, left) })
    due = false
    const now = link
    if (now && state === 'ready') await list(now, new AbortController().signal).catch((error: unknown) => log.warn('the tools of an MCP server could not be listed', { server, reason: readable(server, error).message }))
  }

  async function connected(signal: AbortSignal): Promise<Link> {
    if (state === 'waiting') wake()
    const until = clock.now() + config.startMs
    for (let tries = 0; ; tries++) {
      if (link && state === 'ready') return link
      const refused = state === 'off' || clock.now() >= until || (state === 'waiting' && tries > 1)
      if (refused) throw failMcp('NEXUS_MCP_UNAVAILABLE', { server, reason: lastError ?? (state === 'off' ? 'it is turned off' : 'it takes too long') })
      await untilAborted(new Promise<void>((resolve) => { waiters.push(resolve) }), signal)
      if (signal.aborted) throw signal.reason
    }
  }

  async function use<T>(work: (link: Link) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (counts.running >= mostRunning) throw failMcp('NEXUS_MCP_BUSY', { server, limit: mostRunning })
    counts.running++
    try {
      const now = await connected(signal)
      const answer = await work(now).catch((error: unknown) => { throw ended(now, error) })
      counts.done++
      return answer
    } catch (error) {
      counts.failed++
      throw error
    } finally {
      counts.running--
    }
  }

  /** A session that the other side has forgotten is begun anew. */
  function ended(now: Link, error: unknown): unknown {
    if (config.command === undefined && isGone(error) && link === now) void now.close('the server has ended the session')
    return error
  }

  const fresh = async (signal: AbortSignal): Promise<void> => {
    const now = await connected(signal)
    if (clock.now() - (listedAt ?? 0) >= staleMs) await list(now, signal).catch((error: unknown) => { throw readable(server, ended(now, error)) })
  }

  return {
    name: server, run, use, fresh,
    definitions: () => listing.offered,
    find: (name) => listing.offered.find(({ spec }) => spec.name === name),
    has: (capability) => link?.client.getServerCapabilities()?.[capability] !== undefined,
    async probe(signal) {
      const now = await connected(signal)
      await list(now, signal).catch((error: unknown) => { throw readable(server, ended(now, error)) })
    },
    status: () => ({ ...standing(), ...about(link) }),
  }

  function standing(): McpStatus {
    return {
      name: server, state, transport: config.command === undefined ? 'http' : 'stdio', tools: listing.offered.length, group: config.group ?? `mcp:${server}`, approval: config.approval, since,
      connections: counts.connections, calls: { running: counts.running, done: counts.done, failed: counts.failed }, left: [...listing.left],
      ...(lastError !== undefined && state !== 'ready' && { lastError }),
    }
  }
}

function about(link: Link | undefined): Partial<McpStatus> {
  if (!link) return {}
  const { name, version } = link.client.getServerVersion() ?? {}
  const protocol = link.client.getNegotiatedProtocolVersion()
  return { ...(name !== undefined && { serverName: line(name, 100) }), ...(version !== undefined && { serverVersion: line(version, 100) }), ...(protocol !== undefined && { protocol: line(protocol, 32) }), ...(link.pid !== undefined && { pid: link.pid }) }
}

/** `undefined` as soon as the signal aborts. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function isGone(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof NexusError ? error.cause : error
  if (cause instanceof NexusError) return ['NEXUS_OUTBOUND_CONNECT', 'NEXUS_OUTBOUND_DNS'].includes(cause.code)
  const { status } = error as { status?: unknown }
  return status === 404
}

