/** Agents: what they are, and the runs they do. */
import { callBefore, definePlugin, hook, kernelClose } from 'nexus-gateway/sdk'
import { Models } from '../models/contract.ts'
import { Sessions } from '../sessions/contract.ts'
import { Tools } from '../tools/contract.ts'
import { keepToTalk } from './bounds.ts'
import { AgentConfig, mainAgent, profiles } from './config.ts'
import { agent, agentErrors, runEnded, runProgress, runPrompt, runStarted } from './contract.ts'
import { createRuns } from './runs.ts'
import { wait, within } from './wait.ts'

/** How long a stop waits for interrupted runs to be written down: the second that models give a provider, and the disk. */
const lastWordsMs = 1_500
/** The agent's own: a tap under way counts as a call in flight, which is what a drain waits for. */
const held = hook.series<[work: Promise<unknown>]>('agent.held')

export default definePlugin({
  ...agent,
  errors: agentErrors,
  config: AgentConfig,
  requires: { sessions: Sessions, models: Models, tools: Tools },
  // Lanes: were two generations to run at once, a session could have two runs, and one of them out of reach of abort.
  exclusive: true,
  capabilities: ['tap:call.before'],
  setup(ctx) {
    const all = profiles(ctx.config)
    const problem = (what: string, runId: string, error: unknown): void => ctx.log.error(what, { runId, error })
    /** Taps watch; a run does not wait for them. */
    const aside = (runId: string, invoked: void | Promise<void>): void => {
      if (invoked) invoked.catch((error: unknown) => problem('a hook of the run failed', runId, error))
    }
    const { interrupt, idle, ...runs } = createRuns({
      ...ctx.deps,
      profiles: all,
      clock: ctx.clock,
      watchers: {
        started: (run) => aside(run.runId, ctx.invoke(runStarted, run)),
        piece: (piece) => aside(piece.runId, ctx.invoke(runProgress, piece)),
        ended: (outcome) => {
          const { runId, status, error, cause: { trace } } = outcome
          if (error && status !== 'aborted') ctx.log.warn('a run did not end well', { runId, status, code: error.code, reason: error.message, trace })
          aside(runId, ctx.invoke(runEnded, outcome))
        },
        problem: ({ runId }, what, error) => problem(what, runId, error),
        prepare: async (prompt, run) => ctx.invoke(runPrompt, prompt, run),
        emit: (payload, lossy) => ctx.emit('agent', payload, { lossy }),
      },
      hold: (work) => void ctx.invoke(held, work),
    })
    const { clock, scope: { signal } } = ctx
    ctx.tap(callBefore, keepToTalk)
    ctx.tap(held, async (work) => { await work })
    // The drain is over and every plugin still there: whoever tells of runs can tell how these end.
    ctx.tap(kernelClose, async () => {
      interrupt()
      await within(idle(), { timeoutMs: lastWordsMs, clock, signal, closing: signal })
    })
    ctx.scope.defer(idle, 'runs')
    signal.addEventListener('abort', interrupt, { once: true })
    const agents = [...all.values()].map(({ id, name }) => ({ id, name }))
    return {
      provides: { agent: { ...runs, agents: () => agents } },
      methods: {
        'agents.list': () => ({
          defaultId: mainAgent,
          mainKey: 'main',
          scope: 'per-sender' as const,
          agents: agents.map(({ id, name }) => ({ id, ...(name === undefined ? {} : { name }) })),
        }),
        'agent.wait': ({ runId, timeoutMs }, call) => wait(runs, runId, { timeoutMs, clock, signal: call.signal, closing: signal }),
      },
    }
  },
})
