/** Agents: what they are, and the runs they do. */
import { callBefore, connectionClosed, definePlugin, hook, kernelClose, optional } from 'nexus-gateway/sdk'
import type { Call } from 'nexus-gateway/sdk'
import { ExternalContent } from '../external-content/contract.ts'
import { config as settings } from '../config/contract.ts'
import { costBounds } from '../cost/contract.ts'
import { Models } from '../models/contract.ts'
import { Sessions, sessionSummarized } from '../sessions/contract.ts'
import { Store } from '../store/contract.ts'
import { offerTools, toolContext, Tools } from '../tools/contract.ts'
import { Workspace } from '../workspace/contract.ts'
import { keepToTalk } from './bounds.ts'
import { createBootstrap } from './bootstrap.ts'
import { AgentConfig } from './config.ts'
import { agent, agentErrors, runEnded, runProgress, runPrompt, runStarted } from './contract.ts'
import { askAgent } from './ask.ts'
import { createAgentFiles } from './files.ts'
import { agentsGet, agentsList, identityGet, runsGet, runsList } from './methods.ts'
import { agentOf, mainAgent, profiles } from './profiles.ts'
import { createRecords } from './records.ts'
import { boundBy, toolContextOf } from './rights.ts'
import { createRuns } from './runs.ts'
import { create, remove, update } from './setup.ts'
import type { Settling } from './setup.ts'
import { wrapping } from './shown.ts'
import { recover } from './subagents/recover.ts'
import { createSpawn } from './subagents/spawn.ts'
import { subagentTools } from './subagents/tools.ts'
import { summarize } from './summarize.ts'
import { wait, within } from './wait.ts'

/** How long a stop waits for interrupted runs to be written down: the second that models give a provider, and the disk. */
const lastWordsMs = 1_500
/** The agent's own: a tap under way counts as a call in flight, which is what a drain waits for. */
const held = hook.series<[work: Promise<unknown>]>('agent.held')

export default definePlugin({
  ...agent,
  errors: agentErrors,
  config: AgentConfig,
  requires: { sessions: Sessions, models: Models, tools: Tools, store: optional(Store), external: optional(ExternalContent), workspace: optional(Workspace) },
  // Lanes: were two generations to run at once, a session could have two runs, and one of them out of reach of abort.
  exclusive: true,
  capabilities: ['tap:call.before', 'tap:connection.closed'],
  setup(ctx) {
    const all = profiles(ctx.config)
    const problem = (what: string, runId: string, error: unknown): void => ctx.log.error(what, { runId, error })
    /** Taps watch; a run does not wait for them. */
    const aside = (runId: string, invoked: void | Promise<void>): void => {
      if (invoked) invoked.catch((error: unknown) => problem('a hook of the run failed', runId, error))
    }
    const records = createRecords(ctx.deps.store, ctx.clock, (error) => ctx.log.warn('the record of a run could not be written', { error }))
    const { sessions, models } = ctx.deps
    const hold = (work: Promise<unknown>): void => void ctx.invoke(held, work)
    const runs = createRuns({
      ...ctx.deps,
      profiles: all, limits: ctx.config, wrap: wrapping(ctx.deps.external),
      bootstrap: createBootstrap(ctx.deps.workspace, (file, error) => ctx.log.warn('a file of the workspace could not be loaded', { file, error })),
      clock: ctx.clock,
      watchers: {
        started: (run) => aside(run.runId, ctx.invoke(runStarted, run)),
        piece: (piece) => aside(piece.runId, ctx.invoke(runProgress, piece)),
        ended: (outcome, record) => {
          void records.keep(record)
          const { runId, status, error, cause: { trace } } = outcome
          if (error && status !== 'aborted') ctx.log.warn('a run did not end well', { runId, status, code: error.code, reason: error.message, trace })
          aside(runId, ctx.invoke(runEnded, outcome))
        },
        problem: ({ runId }, what, error) => problem(what, runId, error),
        prepare: async (prompt, run) => ctx.invoke(runPrompt, prompt, run),
        emit: (payload, lossy, to) => { if (to?.length !== 0) ctx.emit('agent', payload, { lossy, ...(to && { to }) }) },
      },
      hold,
    })
    const { clock, scope: { signal } } = ctx
    ctx.tap(callBefore, keepToTalk)
    ctx.tap(connectionClosed, ({ id }) => runs.disconnected(id))
    ctx.tap(sessionSummarized, (request) => summarize({ sessions, models, profiles: all }, request))
    ctx.tap(toolContext, async ({ sessionKey, agentId }) => {
      const key = sessionKey === undefined ? undefined : sessions.normalize(sessionKey)
      const profile = all.get(agentId ?? (key === undefined ? mainAgent : agentOf(key)))
      // An agent that is not there has nothing: without rules of its own it would have all that the settings give to none.
      if (!profile) return { agentId: agentId ?? agentOf(key ?? mainAgent), policies: { agent: { allow: [] } } }
      const settings = key === undefined ? {} : await sessions.settings(key)
      const spec = await models.resolve(settings.model ?? profile.model).catch(() => undefined)
      return toolContextOf({ profile, profiles: all, sessionKey: key, settings, spec })
    })
    // A hook and no service: were `cost` to need this plugin, a change of an agent's settings would restart the ledger.
    ctx.tap(costBounds, async ({ sessionKey, agentId = mainAgent }) => {
      const bound = sessionKey === undefined ? [all.get(agentId)].filter((one) => one !== undefined) : await boundBy(sessions, all, sessionKey)
      return bound.map(({ id, budget }) => ({ id, budget }))
    })
    ctx.tap(held, async (work) => { await work })
    const rootOf = (id: string): string | undefined => ctx.deps.workspace?.rootOf(id)
    const rooted = { ...ctx.deps, profiles: all, runs, clock, signal, closing: signal, hold, rootOf, problem: (what: string, error: unknown) => ctx.log.warn(what, { error }) }
    offerTools(ctx, subagentTools(createSpawn(rooted), rooted))
    ctx.scope.spawn('sub-agents', async () => {
      const count = await recover(sessions, runs, clock.now()).catch((error: unknown) => ctx.log.warn('sub-agents that a stop has cut off could not be marked', { error }))
      if (count) ctx.log.info('sub-agents that a stop has cut off are marked', { count })
    })
    // The drain is over and every plugin still there: whoever tells of runs can tell how these end.
    ctx.tap(kernelClose, async () => {
      runs.interrupt()
      await within(runs.idle().then(() => records.written()), { timeoutMs: lastWordsMs, clock, signal, closing: signal })
    })
    ctx.scope.defer(() => records.written(), 'records of runs')
    ctx.scope.defer(runs.idle, 'runs')
    signal.addEventListener('abort', runs.interrupt, { once: true })
    const files = createAgentFiles(ctx.deps.workspace, all)
    const settling = (call: Call): Settling => ({
      profiles: all, rootOf,
      read: () => ctx.call(settings, 'config.get', {}, { cause: call }),
      edit: ({ baseHash, set = [], unset = [] }) => ctx.call(settings, 'config.edit', { baseHash, set: [...set], unset: [...unset] }, { cause: call }),
    })
    const { run, answer, abort, find, watch, metrics } = runs
    const agents = [...all.values()].map(({ id, name }) => ({ id, name }))
    return {
      provides: { agent: { run, answer, abort, find, watch, metrics, agents: () => agents, profile: (id) => all.get(id), boundBy: (key) => boundBy(sessions, all, key) } },
      methods: {
        'agents.list': () => agentsList(all),
        'agents.get': ({ agentId }) => agentsGet(all, agentId),
        'agents.create': (params, call) => create(settling(call), params),
        'agents.update': (params, call) => update(settling(call), params),
        'agents.delete': (params, call) => remove(settling(call), params),
        'agents.files.list': ({ agentId }) => files.list(agentId),
        'agents.files.get': (params) => files.get(params),
        'agents.files.set': (params) => files.set(params),
        'agent.identity.get': (params) => identityGet(all, params, sessions),
        agent: (params, call) => askAgent({ runs, sessions, now: () => clock.now() }, params, call),
        'runs.list': (params) => runsList(records, params, sessions),
        'runs.get': ({ runId }) => runsGet(records, runId),
        'agent.wait': ({ runId, timeoutMs }, call) => wait(runs, runId, { timeoutMs, clock, signal: call.signal, closing: signal }),
      },
    }
  },
})
