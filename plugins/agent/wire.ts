/** A run as the protocol's `agent` event tells it. One per run: it numbers the run's events. */
import type { InferInput } from 'valibot'
import type { Clock } from 'nexus-gateway/sdk'
import type { AgentEvent, RunEvent, RunInfo, RunOutcome, RunPiece } from './contract.ts'

export type AgentPayload = InferInput<typeof AgentEvent>
/** `lossy`: a later event says the same in full. `to`: only to these connections. */
export type EmitAgent = (payload: AgentPayload, lossy: boolean, to?: readonly string[]) => void

export interface Wire {
  start(info: RunInfo): void
  piece(piece: RunPiece): void
  tool(event: Extract<RunEvent, { type: 'toolStart' | 'toolEnd' }>): void
  compaction(event: Extract<RunEvent, { type: 'compaction' }>): void
  end(outcome: RunOutcome): void
}

export function createWire(run: Pick<RunInfo, 'runId' | 'agentId' | 'sessionKey'>, clock: Clock, emit: EmitAgent): Wire {
  let seq = 0
  const send = (stream: AgentPayload['stream'], data: AgentPayload['data'], lossy = false): void => emit({
    runId: run.runId, stream, data, agentId: run.agentId, seq: ++seq, ts: clock.now(),
    ...(run.sessionKey === undefined ? {} : { sessionKey: run.sessionKey }),
  }, lossy)
  return {
    start: ({ startedAt }) => send('lifecycle', { phase: 'start', startedAt }),
    piece: ({ text, delta }) => send('assistant', { text, delta }, true),
    tool: (event) => send('tool', event.type === 'toolStart'
      ? { phase: 'start', name: event.name, toolCallId: event.id, args: event.args }
      : { phase: 'result', name: event.name, toolCallId: event.id, isError: event.isError }),
    compaction: ({ phase, done }) => send('compaction', phase === 'start' ? { phase } : { phase, done }),
    end: (outcome) => send('lifecycle', endOf(outcome)),
  }
}

/** Whoever stops a run gets the end of it; whatever else went wrong is an error. */
function endOf({ status, stopReason, startedAt, endedAt, error }: RunOutcome): AgentPayload['data'] {
  if (status === 'ok' || status === 'aborted') return { phase: 'end', startedAt, endedAt, stopReason, aborted: status === 'aborted' }
  return { phase: 'error', startedAt, endedAt, error: error?.message ?? status }
}
