/** Waiting for a run to end, in the shape the protocol's `agent.wait` answers in. */
import type { Clock } from 'nexus-gateway/sdk'
import type { AgentApi, RunStatus, RunSummary } from './contract.ts'
import { failAgent } from './errors.ts'

interface Waited { runId: string; status: 'ok' | 'error' | 'timeout'; startedAt?: number; endedAt?: number; error?: string }

/** `timeoutMs` bounds the waiting, not the run. Rejects with NEXUS_AGENT_RUN_UNKNOWN. */
export async function wait(runs: Pick<AgentApi, 'find'>, runId: string, timeoutMs: number, clock: Clock, signal: AbortSignal): Promise<Waited> {
  const done = runs.find(runId)
  if (!done) throw failAgent('NEXUS_AGENT_RUN_UNKNOWN')
  const summary = await within(done, timeoutMs, clock, signal)
  return summary ? told(summary) : { runId, status: 'timeout' }
}

function within<T>(done: Promise<T>, ms: number, clock: Clock, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => settle(() => resolve(undefined))
    const timer = clock.setTimeout(giveUp, ms)
    const settle = (end: () => void): void => {
      clock.clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      end()
    }
    signal.addEventListener('abort', giveUp, { once: true })
    done.then((value) => settle(() => resolve(value)), (error: unknown) => settle(() => reject(error)))
  })
}

const statuses: Record<RunStatus, Waited['status']> = { ok: 'ok', timeout: 'timeout', error: 'error', aborted: 'error', interrupted: 'error' }

function told({ runId, status, startedAt, endedAt, error }: RunSummary): Waited {
  return { runId, status: statuses[status], startedAt, endedAt, ...(error ? { error: error.message } : {}) }
}
