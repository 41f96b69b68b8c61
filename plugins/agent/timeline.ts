/** What a run did, as it did it: what `nexus runs show` prints. Nothing that was said is in it, and no arguments. */
import type { InferOutput } from 'valibot'
import type { Clock } from 'nexus-gateway/sdk'
import type { RunOutcome, RunSummary } from './contract.ts'
import type { Record as RecordShape, Row, Step } from './wire-shapes.ts'

export type RunStep = InferOutput<typeof Step>
export type RunRecord = InferOutput<typeof RecordShape>
export type RunRow = InferOutput<typeof Row>

const maxSteps = 400
const maxText = 300

export interface Timeline {
  add(what: RunStep['what'], text: string, more?: Pick<RunStep, 'ms' | 'isError'>): void
  /** Text came; the first time of each request counts. */
  said(chars: number): void
  record(outcome: RunOutcome): RunRecord
}

export function createTimeline(clock: Clock): Timeline {
  const began = clock.now()
  const steps: RunStep[] = []
  const tally = { left: 0, chars: 0, first: undefined as number | undefined }
  const add: Timeline['add'] = (what, text, more = {}) => {
    if (steps.length >= maxSteps && what !== 'end') tally.left++
    else steps.push({ at: clock.now(), what, text: text.slice(0, maxText), ...more })
  }
  return {
    add,
    said(chars) {
      tally.first ??= clock.now()
      tally.chars += chars
    },
    record(outcome) {
      const { stopReason, error } = outcome
      add('end', error ? `${outcome.status}: ${error.code}` : `${outcome.status} (${stopReason})`)
      return {
        ...rowOf(outcome), timeline: steps, left: tally.left, chars: tally.chars,
        ...(tally.first === undefined ? {} : { firstMs: tally.first - Math.max(began, outcome.startedAt) }),
      }
    },
  }
}

export function rowOf({ runId, agentId, sessionKey, parentRunId, cause, status, startedAt, endedAt, provider, model, steps, usage, error, joined }: RunSummary): RunRow {
  return {
    runId, agentId, ...(sessionKey !== undefined && { sessionKey }), ...(parentRunId !== undefined && { parentRunId }),
    label: cause.caller.label, trace: cause.trace, status, startedAt, endedAt,
    ...(model !== undefined && { model: `${provider}/${model}` }), steps, tokens: usage.totalTokens,
    ...(error && { error: error.message.slice(0, maxText) }), ...(joined !== undefined && { joined }),
  }
}
