/**
 * Whether a process still answers, and what it takes. Containment has real deadlines: this keeps real time, whatever
 * clock the gateway has. A process that is silent is ended if it spins or is stuck; one that only gets no processor
 * is given longer, for that is the machine's fault and not its own.
 */
import type { Limits } from '../contract.ts'
import { asleep, sample, type Sample } from './proc.ts'

export interface WatchOptions {
  readonly limits: Limits
  readonly pid: () => number | undefined
  /** It has something to do, so silence means something. */
  readonly busy: () => boolean
  /** Bytes it has not taken. */
  readonly unread: () => number
  readonly ping: () => void
  /** It has to be ended, and why. Called once. */
  readonly onVerdict: (reason: string) => void
}
export interface Watch {
  /** Something has come from it. */
  heard(): void
  /** It has something to do again. */
  wake(): void
  readonly last: Sample | undefined
  stop(): void
}

const busyMs = 100
const idleMs = 300
/** So many quiet looks in a row, and it is looked at less often. */
const quietLooks = 5
/** Of the silence that is allowed, what one turn may take of a processor's time. */
const longestTurn = 0.2
const starvedMs = 10_000
/** Where nothing is known of a process but its silence. */
const blindMs = 5_000
const budgetMs = 60_000
const mostUnread = 32 * 1024 * 1024
/** Of its memory: from here on its heap may be full, and collecting what there is may be all that it does. */
const nearlyFull = 0.75
/** Of its memory: what takes so much more in one silence is on the way there. */
const muchMore = 0.125

export function watchProcess({ limits, pid, busy, unread, ping, onVerdict }: WatchOptions): Watch {
  let timer: NodeJS.Timeout | undefined
  let last: Sample | undefined
  let quiet = 0
  let stopped = false
  /** Before its first word it may be waiting for the machine as well as for itself. */
  let spoke = false
  let pinged: { readonly at: number; readonly before: Sample | undefined } | undefined
  const spent: { at: number; cpuMs: number }[] = []

  function stop(): void {
    stopped = true
    clearTimeout(timer)
  }
  function end(reason: string): void {
    if (stopped) return
    stop()
    onVerdict(reason)
  }
  function next(ms: number): void {
    if (stopped) return
    clearTimeout(timer)
    timer = setTimeout(() => void look(), ms)
    timer.unref()
  }

  async function look(): Promise<void> {
    clearTimeout(timer)
    last = await sample(pid()) ?? last
    if (stopped) return
    const now = performance.now()
    const reason = excess(now)
    if (reason !== undefined) return end(reason)
    if (pinged && now - pinged.at >= limits.hangMs) return judge()
    if (busy()) quiet = 0
    else quiet++
    if (!pinged && (busy() || burns())) {
      pinged = { at: now, before: last }
      ping()
    }
    const due = pinged ? pinged.at + limits.hangMs - now : Infinity
    next(Math.min(quiet < quietLooks || pinged ? busyMs : idleMs, Math.max(1, due)))
  }

  /** What it takes beyond its limits, in words. */
  function excess(now: number): string | undefined {
    if (unread() > mostUnread) return 'it left more than 32 MiB unread'
    if (!last) return undefined
    if (last.rssMb > limits.memoryMb) return `it took more than ${limits.memoryMb} MiB of memory`
    const previous = spent.at(-1)
    if (!previous || now - previous.at >= 1_000) spent.push({ at: now, cpuMs: last.cpuMs })
    while (spent[0] && now - spent[0].at > budgetMs) spent.shift()
    return last.cpuMs - (spent[0]?.cpuMs ?? last.cpuMs) > limits.cpuSeconds * 1_000 ? `it took more than ${limits.cpuSeconds} s of CPU time within a minute` : undefined
  }

  /** Nobody has asked it for anything, and yet it runs. */
  const burns = (): boolean => last?.state === 'R'

  /** It took at least half of the time in which it could have had a processor, and more than any turn of its loop should take. */
  function spins(before: Sample, now: Sample, silent: number): boolean {
    const cpuMs = now.cpuMs - before.cpuMs
    const couldMs = Math.max(0, silent - (now.waitMs - before.waitMs))
    return cpuMs >= couldMs / 2 && cpuMs >= limits.hangMs * longestTurn
  }

  function crowded(before: Sample, { rssMb }: Sample): string {
    const most = limits.memoryMb
    return rssMb < most * nearlyFull && rssMb - before.rssMb < most * muchMore ? '' : ` with ${Math.round(rssMb)} of its ${most} MiB of memory taken`
  }

  /** It has been silent for long enough. What came while this thread itself was busy is read first. */
  async function judge(): Promise<void> {
    await new Promise((resolve) => { setImmediate(() => setImmediate(resolve)) })
    if (stopped) return
    const asked = pinged
    if (!asked) return next(busyMs)
    const now = await sample(pid())
    if (stopped || pinged !== asked) return next(busyMs)
    const silent = performance.now() - asked.at
    if (!now || !asked.before) return silent > blindMs ? end(silence(silent)) : next(busyMs)
    const said = silence(silent) + crowded(asked.before, now)
    if (spins(asked.before, now, silent)) return end(`${said} and kept the processor busy`)
    const stuck = spoke && await asleep(pid())
    if (stopped || pinged !== asked) return next(busyMs)
    if (stuck) return end(`${said} and was stuck`)
    return silent > starvedMs ? end(said) : next(busyMs)
  }

  next(busyMs)
  return {
    get last() { return last },
    heard() {
      spoke = true
      pinged = undefined
    },
    wake() {
      if (quiet < quietLooks) return
      quiet = 0
      // At once: it may have stopped answering long ago, and then the deadline runs from this question.
      void look()
    },
    stop,
  }
}

const silence = (ms: number): string => `it answered nothing for ${Math.round(ms)} ms`
