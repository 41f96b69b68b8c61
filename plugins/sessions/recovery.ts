/** At the start: what a stop or a crash cut off is reported, and said in the transcript, so that it can be read and continued. */
import type { Log } from 'nexus-gateway/sdk'
import type { InterruptedRun, RunMarker, SessionEntry } from './contract.ts'
import { cutOff, marker, markerOf, unanswered } from './entries.ts'
import { endOf, type RunRecord } from './runs.ts'
import { together } from './together.ts'
import type { Transcript, Written } from './transcript.ts'

export interface RecoveryEnv {
  /** The session's id; `undefined` if there is none. */
  readonly idOf: (sessionKey: string) => Promise<string | undefined>
  /** Its transcript, made if there is none. */
  readonly use: <T>(sessionKey: string, work: (transcript: Transcript) => Promise<T>) => Promise<T>
  /** The transcript of a session that was reset or removed since. */
  readonly former: (sessionKey: string, sessionId: string) => Transcript
  readonly log: Log
}

/** How many sessions are looked at together. */
const atOnce = 16

export interface Recovery {
  /** In the order given. Not among them: runs that have ended in another way, and were only not out of the inbox yet. */
  readonly interrupted: InterruptedRun[]
  /** Whose session could not be read or written: they wait for the next start. */
  readonly left: RunRecord[]
}

/** Marks each of the runs in its transcript. One session that is damaged does not keep the others from going on. */
export async function recover(runs: readonly RunRecord[], env: RecoveryEnv): Promise<Recovery> {
  const interrupted = new Map<string, InterruptedRun>()
  const left: RunRecord[] = []
  const sessions = bySession(runs)
  await together(sessions, atOnce, ([key, its]) => markAll(key, its, env, interrupted).catch((error: unknown) => {
    left.push(...its)
    env.log.error('could not mark the interrupted runs of a session', { runs: its.length, reason: String(error) })
  }))
  return { interrupted: runs.flatMap(({ runId }) => interrupted.get(runId) ?? []), left }
}

function bySession(runs: readonly RunRecord[]): [string, RunRecord[]][] {
  const sessions = new Map<string, RunRecord[]>()
  for (const run of runs) {
    const its = sessions.get(run.sessionKey)
    if (its) its.push(run)
    else sessions.set(run.sessionKey, [run])
  }
  return [...sessions]
}

async function markAll(key: string, runs: readonly RunRecord[], { idOf, use, former }: RecoveryEnv, into: Map<string, InterruptedRun>): Promise<void> {
  const id = await idOf(key)
  for (const run of runs) {
    const moved = id !== run.sessionId
    const before = moved ? former(key, run.sessionId) : undefined
    const end = before && (await tracesOf(run, before, run.from)).end
    const gone = before && id === undefined && await before.size() === 0
    const cut = end ? atEnd(run, end) : gone ? reported(run, true) : await use(key, (transcript) => mark(run, transcript, moved ? 0 : run.from))
    if (cut) into.set(run.runId, cut)
  }
}

const atEnd = (run: RunRecord, end: RunMarker): InterruptedRun | undefined => (end.status === 'interrupted' ? reported(run, end.started !== false) : undefined)

/** Writes what is missing of the run, unless its end is there already. */
async function mark(run: RunRecord, transcript: Transcript, from: number): Promise<InterruptedRun | undefined> {
  const { runId, label, trace, message } = run
  const traces = await tracesOf(run, transcript, from)
  if (traces.end) return atEnd(run, traces.end)
  const entries: Written[] = []
  if (!traces.started) entries.push(marker({ runId, phase: 'start', trace, label }))
  if (message && !traces.message) entries.push({ type: 'message', message: message.body, id: message.id })
  for (const [id, name] of traces.unanswered) entries.push(unanswered(id, name))
  entries.push(cutOff(traces.started), endOf(run, { status: 'interrupted' }, traces.started))
  await transcript.append(entries)
  return reported(run, traces.started)
}

const reported = ({ runId, sessionKey, sessionId, agent, label, trace, at, idempotencyKey }: RunRecord, started: boolean): InterruptedRun =>
  ({ runId, sessionKey, sessionId, agent, label, trace, ...(idempotencyKey !== undefined && { idempotencyKey }), acceptedAt: at, started })

interface Traces { started: boolean; message: boolean; end: RunMarker | undefined; readonly unanswered: Map<string, string> }

/** Reads only what was written since the run was accepted, to its end at most. */
async function tracesOf({ runId, message }: RunRecord, transcript: Transcript, from: number): Promise<Traces> {
  const traces: Traces = { started: false, message: false, end: undefined, unanswered: new Map() }
  for await (const entry of transcript.since(from)) {
    const mark = markerOf(entry)
    if (mark?.runId === runId) {
      if (mark.phase === 'end') return { ...traces, end: mark }
      traces.started = true
    }
    if (entry.id === message?.id) traces.message = true
    if (traces.started) noteCalls(entry, traces.unanswered)
  }
  return traces
}

function noteCalls(entry: SessionEntry, open: Map<string, string>): void {
  if (entry.type !== 'message') return
  const { message } = entry
  if (message.role === 'toolResult') open.delete(message.toolCallId)
  if (message.role !== 'assistant') return
  for (const part of message.content) if (part.type === 'toolCall') open.set(part.id, part.name)
}
