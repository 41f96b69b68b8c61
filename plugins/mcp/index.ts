/** MCP, both ways: servers of the settings as tools, and the gateway as a server. */
import { connectionClosed, definePlugin, kernelClose, kernelReady, NexusError, optional } from 'nexus-gateway/sdk'
import type { Call } from 'nexus-gateway/sdk'
import { secretsHeld } from '../logs/contract.ts'
import { Fetch } from '../outbound/contract.ts'
import { Store } from '../store/contract.ts'
import { Tools } from '../tools/contract.ts'
import { offerServers } from './client/offer.ts'
import { remembered } from './client/remembered.ts'
import { createServer } from './client/server.ts'
import { checkServers, named } from './client/servers.ts'
import { McpConfig } from './config.ts'
import { mcp, mcpErrors } from './contract.ts'
import { failMcp } from './errors.ts'
import { createBridge } from './serve/bridge.ts'
import type { BridgeSession } from './serve/bridge.ts'
import { createEndpoint } from './serve/http.ts'
import type { HttpSession } from './serve/http.ts'
import { createDesk } from './serve/offered.ts'
import { createSessions } from './serve/sessions.ts'

/** Servers are started this long after the plugin if `kernel.ready` never comes: a reload. */
const startAtLatestMs = 250
const sweepMs = 60_000

const library = { client: () => import('@modelcontextprotocol/client'), server: () => import('@modelcontextprotocol/server') }

export default definePlugin({
  ...mcp,
  errors: mcpErrors,
  config: McpConfig,
  requires: { tools: Tools, web: optional(Fetch), store: optional(Store) },
  capabilities: ['tap:connection.closed'],
  setup(ctx) {
    const { config, clock, log, scope, deps } = ctx
    checkServers(config.servers)
    const all = Object.entries(config.servers)
    const servers = all.map(([server, own]) => createServer({
      server, config: own, web: deps.web, cause: ctx.cause, clock, log, env: process.env, load: library.client, ...remembered(deps.store, server, log),
      changed: ({ added, removed, changed }) => ctx.emit('mcp.changed', { server, added: [...added], removed: [...removed], changed: [...changed] }),
    }))
    offerServers(ctx, servers, config.servers)
    ctx.tap(secretsHeld, () => all.flatMap(([, { env, headers }]) => [...Object.values(env), ...Object.values(headers)]).flatMap((secret) => secret.known()))

    // In the background, and not before the gateway serves: whatever a server does, the start does not wait for it.
    const over = new AbortController()
    let started: Promise<unknown> | undefined
    const start = (): void => { started ??= Promise.all(servers.filter(({ name }) => config.servers[name]!.enabled).map((server) => server.run(over.signal))) }
    const stop = async (): Promise<void> => {
      over.abort()
      await started
    }
    ctx.tap(kernelReady, () => scope.timeout(start, 0))
    scope.timeout(start, startAtLatestMs)
    // By then all calls have ended, and there is more time than when it is all taken down.
    ctx.tap(kernelClose, stop)
    scope.defer(stop, 'MCP servers')

    const { maxSessions, idleMs, enabled } = config.serve
    const now = (): number => clock.now()
    const desk = createDesk(ctx, deps.tools, config.serve)
    const http = createSessions<HttpSession>(maxSessions, idleMs, now, ({ server }) => void server.close())
    const bridged = createSessions<BridgeSession>(maxSessions, Number.POSITIVE_INFINITY, now, ({ server }) => void server.close())
    const loadServer = () => library.server().catch((error: unknown) => { throw failMcp('NEXUS_MCP_LIBRARY', { library: '@modelcontextprotocol/server' }, error) })
    const { close, ...routes } = createEndpoint({ desk, sessions: http, load: loadServer })
    const bridge = createBridge({ desk, sessions: bridged, load: loadServer, emit: (connection, session, message) => ctx.emit('mcp.message', { session, message }, { to: [connection] }) })
    ctx.tap(connectionClosed, ({ id }) => bridged.removeOf(id))
    scope.interval(() => http.sweep(), sweepMs)
    scope.defer(async () => {
      http.clear()
      bridged.clear()
      await close()
    }, 'MCP sessions')

    const serving = <A extends unknown[], R>(run: (...args: A) => R) => (...args: A): R => {
      if (!enabled) throw failMcp('NEXUS_MCP_OFF')
      return run(...args)
    }

    return {
      methods: {
        'mcp.list': () => ({ servers: servers.map((server) => rowOf(server.status())) }),
        'mcp.status': ({ server }) => ({ servers: (server === undefined ? servers : [named(servers, server)]).map((one) => one.status()), sessions: http.size + bridged.size }),
        'mcp.tools': ({ server }) => ({
          tools: named(servers, server).definitions().map(({ original, spec: { name, description, parameters }, claims }) => ({ name, original, description, parameters, ...(claims && { claims }) })),
        }),
        'mcp.probe': async ({ server }, call) => {
          const began = clock.now()
          const one = named(servers, server)
          const error = await one.probe(call.signal).then(() => undefined, (thrown: unknown) => (thrown instanceof NexusError ? thrown.message : 'it failed'))
          return { ok: error === undefined, ms: Math.max(0, Math.round(clock.now() - began)), tools: one.definitions().length, ...(error !== undefined && { error }) }
        },
        'mcp.connect': serving((_: unknown, call: Call) => bridge.connect(call)),
        'mcp.send': serving(async ({ session, message }: { session: string; message: unknown }, call: Call) => {
          await bridge.send(session, message, call)
          return { ok: true as const }
        }),
      },
      routes: { 'POST /mcp': serving(routes['POST /mcp']), 'GET /mcp': serving(routes['GET /mcp']), 'DELETE /mcp': serving(routes['DELETE /mcp']) },
    }
  },
})

function rowOf({ name, state, transport, tools, group, approval }: ReturnType<ReturnType<typeof createServer>['status']>) {
  return { name, state, transport, tools, group, approval }
}
