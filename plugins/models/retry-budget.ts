/**
 * How many tries beyond the first the gateway may make. Within a minute they are at most `ratio` of the requests of
 * that minute, or `spare` where requests are few: a lone failure finds its fallback, a storm is not made worse.
 */

export interface RetryBudget {
  /** A request came. */
  offered(): void
  /** Whether another try may be made; if so it is counted. */
  take(): boolean
  /** A try that was counted has not been made. */
  giveBack(): void
  state(): { readonly windowMs: number; readonly offered: number; readonly extra: number; readonly refused: number; readonly ratio: number }
}

const windowMs = 60_000
const slices = 12
const sliceMs = windowMs / slices

interface Slice { readonly at: number; offered: number; extra: number; refused: number }

export function createRetryBudget({ ratio, spare }: { readonly ratio: number; readonly spare: number }, now: () => number): RetryBudget {
  let recent: Slice[] = []
  const current = (): Slice => {
    const at = Math.floor(now() / sliceMs)
    recent = recent.filter((slice) => slice.at > at - slices && slice.at <= at)
    const last = recent.at(-1)
    if (last?.at === at) return last
    const slice = { at, offered: 0, extra: 0, refused: 0 }
    recent.push(slice)
    return slice
  }
  const sum = (of: 'offered' | 'extra' | 'refused'): number => recent.reduce((total, slice) => total + slice[of], 0)
  return {
    offered: () => void current().offered++,
    take() {
      const slice = current()
      const free = sum('extra') + 1 <= Math.max(spare, ratio * sum('offered'))
      slice[free ? 'extra' : 'refused']++
      return free
    },
    giveBack() {
      const slice = recent.findLast(({ extra }) => extra > 0)
      if (slice) slice.extra--
    },
    state() {
      current()
      return { windowMs, offered: sum('offered'), extra: sum('extra'), refused: sum('refused'), ratio }
    },
  }
}
