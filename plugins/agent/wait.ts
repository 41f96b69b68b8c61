/** Waiting for a run to end, in the shape the protocol's `agent.wait` answers in. */
import type { Clock } from 'nexus-gateway/sdk'
import type { AgentApi, RunStatus, RunSummary } from './contract.ts'
import { failAgent } from './errors.ts'

interface Waited { runId: string; status: 'ok' | 'error' | 'timeout'; startedAt?: number; endedAt?: number; error?: string }

export interface Waiting {
  /** Bounds the waiting, not the run. */
  readonly timeoutMs: number
  readonly clock: Clock
  /** Whoever waits has gone, or the agent closes. */
  readonly signal: AbortSignal
  /** The agent closes: its runs end now, so there is an end to tell of. */
  readonly closing: AbortSignal
}

/** Rejects with NEXUS_AGENT_RUN_UNKNOWN. */
export async function wait(runs: Pick<AgentApi, 'find'>, runId: string, waiting: Waiting): Promise<Waited> {
  const done = runs.find(runId)
  if (!done) throw failAgent('NEXUS_AGENT_RUN_UNKNOWN')
  const summary = await within(done, waiting)
  return summary ? told(summary) : { runId, status: 'timeout' }
}

/** `done`, or nothing once the waiting has an end. */
export function within<T>(done: Promise<T>, { timeoutMs, clock, signal, closing }: Waiting): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => settle(() => resolve(undefined))
    const gone = (): void => { if (!closing.aborted) giveUp() }
    const timer = clock.setTimeout(giveUp, timeoutMs)
    const settle = (end: () => void): void => {
      clock.clearTimeout(timer)
      signal.removeEventListener('abort', gone)
      end()
    }
    signal.addEventListener('abort', gone, { once: true })
    done.then((value) => settle(() => resolve(value)), (error: unknown) => settle(() => reject(error)))
  })
}

const statuses: Record<RunStatus, Waited['status']> = { ok: 'ok', timeout: 'timeout', error: 'error', aborted: 'error', interrupted: 'error' }

function told({ runId, status, startedAt, endedAt, error }: RunSummary): Waited {
  return { runId, status: statuses[status], startedAt, endedAt, ...(error ? { error: error.message } : {}) }
}
