/** Tells once in a period that a budget has passed a mark, and now and then that it refuses. Bounded; nothing of it is kept on disk. */
import type { Clock } from 'nexus-gateway/sdk'
import { markOf, stateOf } from './budgets/standing.ts'
import type { Calendar } from './budgets/calendar.ts'
import type { Bound } from './budgets/rules.ts'
import type { CounterState } from './ledger/ledger.ts'
import type { BudgetState } from './wire.ts'

export interface Telling {
  readonly calendar: Calendar
  readonly marks: readonly number[]
  readonly clock: Pick<Clock, 'now'>
  warning(state: BudgetState): void
  exceeded(state: BudgetState): void
}

export interface Told {
  /** Before something is charged to it: what it has passed by then was told, by this gateway or the one before. */
  before(bound: Bound, state: CounterState): void
  after(bound: Bound, state: CounterState): void
  refused(bound: Bound, state: CounterState): void
  /** Those that have bounded something, latest last. */
  seen(): Iterable<Bound>
}

const most = 10_000
const refusalsEveryMs = 60_000

interface Known { readonly bound: Bound; mark: number; refusedAt: number }

export function createTold({ calendar, marks, clock, warning, exceeded }: Telling): Told {
  const counters = new Map<string, Known>()

  function known(bound: Bound, state: CounterState): Known {
    const one = counters.get(bound.counter) ?? { bound, mark: markOf(bound, state, marks), refusedAt: -Infinity }
    counters.delete(bound.counter)
    counters.set(bound.counter, one)
    if (counters.size > most) for (const oldest of counters.keys()) {
      counters.delete(oldest)
      break
    }
    return one
  }
  const shown = (bound: Bound, state: CounterState): BudgetState => stateOf(bound, state, calendar, marks, clock.now())

  return {
    before: (bound, state) => void known(bound, state),
    after(bound, state) {
      const one = known(bound, state)
      const mark = markOf(bound, state, marks)
      if (mark <= one.mark) return
      one.mark = mark
      warning(shown(bound, state))
    },
    refused(bound, state) {
      const one = known(bound, state)
      const now = clock.now()
      if (Math.abs(now - one.refusedAt) < refusalsEveryMs) return
      one.refusedAt = now
      exceeded(shown(bound, state))
    },
    seen: function* () { for (const { bound } of counters.values()) yield bound },
  }
}
