/** What a run did, as it did it: what `nexus runs show` prints. Nothing that was said is in it, and no arguments. */
import type { InferOutput } from 'valibot'
import type { Clock } from 'nexus-gateway/sdk'
import type { Route } from '../models/contract.ts'
import type { RunOutcome, RunSummary } from './contract.ts'
import type { Record as RecordShape, Row, Step } from './wire-shapes.ts'

export type RunStep = InferOutput<typeof Step>
export type RunRecord = InferOutput<typeof RecordShape>
export type RunRow = InferOutput<typeof Row>

const maxSteps = 400
const maxText = 300
const maxReasons = 20

export interface Timeline {
  add(what: RunStep['what'], text: string, more?: Pick<RunStep, 'ms' | 'isError'>): void
  route(route: Route): void
  /** Text came; the first time of each request counts. */
  said(chars: number): void
  record(outcome: RunOutcome): RunRecord
}

export function createTimeline(clock: Clock): Timeline {
  const began = clock.now()
  const steps: RunStep[] = []
  const tally = { left: 0, chars: 0, first: undefined as number | undefined, route: undefined as Route | undefined }
  const add: Timeline['add'] = (what, text, more = {}) => {
    if (steps.length >= maxSteps && what !== 'end') tally.left++
    else steps.push({ at: clock.now(), what, text: text.slice(0, maxText), ...more })
  }
  return {
    add,
    route(route) {
      tally.route = route
      add('route', [route.model, route.tier, ...route.reasons].filter(Boolean).join(' · '))
    },
    said(chars) {
      tally.first ??= clock.now()
      tally.chars += chars
    },
    record(outcome) {
      const { stopReason, error } = outcome
      add('end', error ? `${outcome.status}: ${error.code}` : `${outcome.status} (${stopReason})`)
      return {
        ...rowOf(outcome), timeline: steps, left: tally.left, chars: tally.chars,
        ...(tally.route?.tier !== undefined && { tier: tally.route.tier }),
        ...(tally.route && { reasons: tally.route.reasons.slice(0, maxReasons).map((reason) => reason.slice(0, maxText)) }),
        ...(tally.first === undefined ? {} : { firstMs: tally.first - Math.max(began, outcome.startedAt) }),
      }
    },
  }
}

export function rowOf({ runId, agentId, sessionKey, parentRunId, cause, status, startedAt, endedAt, provider, model, steps, usage, error, joined, silent }: RunSummary): RunRow {
  return {
    runId, agentId, ...(sessionKey !== undefined && { sessionKey }), ...(parentRunId !== undefined && { parentRunId }),
    label: cause.caller.label, trace: cause.trace, status, startedAt, endedAt,
    ...(model !== undefined && { model: `${provider}/${model}` }), steps, tokens: usage.totalTokens,
    ...(error && { error: error.message.slice(0, maxText) }), ...(joined !== undefined && { joined }), ...(silent && { silent }),
  }
}
