/**
 * Who came in with which credential, and who was refused, as records of the journal. It holds nobody up: a request to read
 * goes on when nothing can be recorded, and a privileged one is refused by the journal itself.
 */
import { randomUUID } from 'node:crypto'
import type { AuthAnswer, AuthRequest, Caller, Log } from 'nexus-gateway/sdk'
import { nobody } from 'nexus-gateway/sdk'
import type { JournalApi, JournalEntry } from '../journal/contract.ts'

/** Over HTTP a credential comes with every request: one record for each address that uses it in an hour. */
const hour = 3_600_000
const maxKnown = 10_000
/** Anybody can be refused as often as he likes, and must not fill the journal with it. */
const refusalsPerMinute = 60
const minute = 60_000

export interface Trail {
  note(request: AuthRequest, answer: AuthAnswer): void
}

export function createTrail(journal: JournalApi, now: () => number, log: Log): Trail {
  /** When the use of a credential from an address was last recorded, oldest first. */
  const used = new Map<string, number>()
  const refusals = { since: 0, count: 0 }
  let broken = false
  /** Nearly every request comes as the one before it did. */
  let last: { readonly caller: Caller; readonly remote: string; readonly listener: string; readonly until: number } | undefined

  function write(caller: Caller, entry: Omit<JournalEntry, 'cause'>): void {
    journal.record({ cause: { caller, trace: randomUUID(), path: ['auth'] }, ...entry }).then(
      () => { broken = false },
      (error: unknown) => {
        if (!broken) log.error('the use of credentials cannot be recorded', { error })
        broken = true
      },
    )
  }

  function isNew({ transport, remote, listener }: AuthRequest, caller: Caller): boolean {
    if (transport === 'ws') return true
    if (last && last.caller === caller && last.remote === remote && last.listener === listener && now() < last.until) return false
    const key = `${caller.id} ${listener} ${remote}`
    const before = used.get(key)
    const isKnown = before !== undefined && now() - before < hour
    last = { caller, remote, listener, until: (isKnown ? before : now()) + hour }
    if (isKnown) return false
    used.delete(key)
    used.set(key, now())
    const [oldest] = used.keys()
    if (used.size > maxKnown && oldest !== undefined) used.delete(oldest)
    return true
  }

  function mayTell(): boolean {
    if (now() - refusals.since >= minute) {
      const more = refusals.count - refusalsPerMinute
      if (more > 0) write(nobody, { verb: 'auth.refuse', subject: `${more} more refusals before this one`, decision: 'deny', outcome: 'refused' })
      Object.assign(refusals, { since: now(), count: 0 })
    }
    return ++refusals.count <= refusalsPerMinute
  }

  return {
    note(request, answer) {
      const { remote, transport, listener } = request
      const from = listener === 'unix' ? 'unix' : remote
      if (answer.ok) {
        if (isNew(request, answer.caller)) write(answer.caller, { verb: 'auth.admit', subject: `${transport} from ${from}`, decision: 'allow', outcome: 'ok' })
      } else if (answer.code !== 'AUTH_TOKEN_MISSING' && mayTell()) {
        write(nobody, { verb: 'auth.refuse', subject: `${transport} from ${from}`, decision: 'deny', outcome: 'refused', code: answer.code })
      }
    },
  }
}
