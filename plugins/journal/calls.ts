/** What of all that is called, and of all tools that are run, becomes a record. */
import type { Access, Call, Cause, Log, NexusError, Outcome } from 'nexus-gateway/sdk'
import type { ToolCall, ToolOutcome } from '../tools/contract.ts'
import type { JournalEntry } from './contract.ts'

const ordinary: ReadonlySet<string> = new Set(['public', 'operator.read', 'operator.write'])
/** Everything but reading, writing and what is open to all: a scope that nobody here knows is one that admins have. */
export const isPrivileged = (access: string): boolean => !ordinary.has(access)

/** Anybody can be refused as often as he likes, and must not fill the journal with it. */
const refusalsPerMinute = 600
const minute = 60_000

export interface Watch {
  authorize(call: Call, access: Access): undefined
  before(call: Call, params: unknown): Promise<void> | undefined
  after(call: Call, outcome: Outcome): Promise<void> | undefined
  toolBefore(call: ToolCall): Promise<void>
  toolAfter(call: ToolCall, outcome: ToolOutcome): Promise<void>
}

export function createWatch(record: (entry: JournalEntry) => Promise<number>, now: () => number, log: Log): Watch {
  // `call.before` is not told the scope, so it is noted when it is decided on.
  const scopes = new WeakMap<Call, Access>()
  /** The number of the record that says what is about to be done; 0 where it could not be written. */
  const intents = new WeakMap<Cause, number>()
  const refusals = { since: 0, count: 0 }

  async function intend(key: Cause, entry: Pick<JournalEntry, 'cause' | 'verb' | 'access' | 'subject' | 'params'>): Promise<void> {
    intents.set(key, 0)
    intents.set(key, await record({ ...entry, decision: 'allow', outcome: 'pending' }))
  }

  /** The effect is there, or was refused, whether or not this can be written. */
  async function conclude(entry: JournalEntry): Promise<void> {
    try {
      await record(entry)
    } catch (error) {
      log.error('how a privileged call ended could not be recorded', { verb: entry.verb, trace: entry.cause.trace, error })
    }
  }

  async function refused(entry: JournalEntry): Promise<void> {
    const suppressed = refusals.count - refusalsPerMinute
    const isOver = now() - refusals.since >= minute
    if (isOver) Object.assign(refusals, { since: now(), count: 0 })
    const told = isOver && suppressed > 0 ? conclude({ cause: entry.cause, verb: 'journal.suppressed', subject: `${suppressed} more refusals before this one`, decision: 'deny', outcome: 'refused' }) : undefined
    if (++refusals.count <= refusalsPerMinute) await conclude(entry)
    await told
  }

  function ended(key: Cause, what: Pick<JournalEntry, 'cause' | 'verb' | 'access' | 'subject'>, end: { readonly ok: boolean; readonly code: string | undefined; readonly ms: number }): Promise<void> | undefined {
    const of = intents.get(key)
    const entry = { ...what, ms: end.ms, ...(end.code !== undefined && { code: end.code }) }
    if (of === undefined) return refused({ ...entry, decision: 'deny', outcome: 'refused' })
    if (of > 0) return conclude({ ...entry, of, decision: 'allow', outcome: end.ok ? 'ok' : 'failed' })
    return undefined
  }

  return {
    authorize(call, access) {
      if (isPrivileged(access)) scopes.set(call, access)
      return undefined
    },
    before(call, params) {
      const access = scopes.get(call)
      return access === undefined ? undefined : intend(call, { cause: call, verb: call.verb, access, params })
    },
    after(call, { ok, error, ms }) {
      const access = scopes.get(call) ?? missing(error)
      return access === undefined ? undefined : ended(call, { cause: call, verb: call.verb, access }, { ok, code: error?.code, ms })
    },
    toolBefore: (call) => intend(call, { cause: call, verb: 'tools.execute', subject: call.name, params: call.args }),
    toolAfter: async (call, { ok, code, ms }) => ended(call, { cause: call, verb: 'tools.execute', subject: call.name }, { ok, code, ms }),
  }
}

/** An authorizer that throws ends the asking before it comes to us; then the error tells the scope. */
function missing(error: NexusError | undefined): string | undefined {
  const scope = error?.code === 'NEXUS_CALL_DENIED' ? error.data['missing'] : undefined
  return typeof scope === 'string' && isPrivileged(scope) ? scope : undefined
}
