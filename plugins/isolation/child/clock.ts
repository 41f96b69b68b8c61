/** The gateway's clock, as far as it can be known here: its timers are asked for over there, its time is kept up from what it says. */
import type { Clock } from 'nexus-gateway/sdk'
import type { Link } from '../wire/link.ts'

export interface HostClock extends Clock {
  /** For what the plugin's scope owns: it stops as soon as nothing new of the plugin is called; a timer of a call under way does not. */
  readonly owned: Clock
  /** A timer is due, and this is the time. What it runs is waited for. */
  tick(id: number, now: number): unknown
}

export function hostClock(link: Link, now: number): HostClock {
  const timers = new Map<number, () => unknown>()
  let ahead = now - Date.now()
  let numbers = 0
  const clock = (owned: boolean): Clock => ({
    now: () => Date.now() + ahead,
    setTimeout(run, ms) {
      const id = ++numbers
      timers.set(id, run)
      link.say('timer', { id, ms, owned })
      return id
    },
    clearTimeout(id) { timers.delete(id as number) },
  })
  return {
    ...clock(false),
    owned: clock(true),
    tick(id, at) {
      ahead = at - Date.now()
      const run = timers.get(id)
      timers.delete(id)
      return run?.()
    },
  }
}
