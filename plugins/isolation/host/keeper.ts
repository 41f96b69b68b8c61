/**
 * Keeps one plugin's process: none before the first use, one however many ask at once, another after it fell over,
 * and none any more once it has done that too often.
 */
import type { IsolatedPlugin } from '../contract.ts'
import { fail } from '../errors.ts'
import type { Life as AnyLife } from './life.ts'
import type { Loans } from '../wire/loans.ts'

/** A process with the plugin in it. */
export type Life = AnyLife & { readonly loans: Loans }

export interface KeeperOptions {
  readonly plugin: string
  /** Starts a process and begins the plugin in it. */
  start(): Promise<Life>
  /** It runs without being asked to, so it is started again without being asked to. */
  readonly eager: boolean
  onDown(reason: string): void
  onQuarantine(reason: string): void
}
export interface Keeper {
  /** The running process, if there is one. */
  readonly life: Life | undefined
  /** The running process, or a new one. Rejects with NEXUS_ISOLATION_DOWN, _QUARANTINED, or what the plugin's own start threw. */
  use(): Promise<Life>
  status(): IsolatedPlugin
  /** `farewell` is given a life to end in good order; then it is ended in any case. */
  close(farewell: (life: Life) => Promise<void>): Promise<void>
}

// Real time, whatever clock the gateway has: what is kept here are processes.
const mostFailures = 3
const failuresMs = 60_000
const firstPauseMs = 100
const longestWaitMs = 2_000

export function createKeeper({ plugin, start, eager, onDown, onQuarantine }: KeeperOptions): Keeper {
  let life: Life | undefined
  let starting: Promise<Life> | undefined
  let failures: number[] = []
  let quarantined: string | undefined
  let closed = false
  let notBefore = 0
  let restarts = 0
  let reason: string | undefined
  let contained: readonly string[] = []

  function failed(why: string): void {
    const now = performance.now()
    reason = why
    failures = [...failures.filter((at) => now - at < failuresMs), now]
    notBefore = now + firstPauseMs * 2 ** (failures.length - 1)
    onDown(why)
    if (failures.length < mostFailures) return
    quarantined = `it fell over ${failures.length} times within a minute, last because ${why}`
    onQuarantine(quarantined)
  }

  async function begin(): Promise<Life> {
    const pause = notBefore - performance.now()
    if (pause > longestWaitMs) throw fail('NEXUS_ISOLATION_DOWN', { plugin, reason: `${reason}; it is started again in ${Math.ceil(pause / 1_000)} s` })
    if (pause > 0) await new Promise((resolve) => { setTimeout(resolve, pause) })
    if (closed) throw fail('NEXUS_ISOLATION_DOWN', { plugin, reason: 'it was unloaded' })
    const begun = await start()
    life = begun
    contained = begun.contained
    void begun.ended.then((why) => over(begun, why))
    return begun
  }

  function over(ended: Life, why: string): void {
    if (life === ended) life = undefined
    if (closed) return
    restarts++
    failed(why)
    if (eager && quarantined === undefined) void use().catch(() => {}) // told by `failed`
  }

  function use(): Promise<Life> {
    if (life) return Promise.resolve(life)
    if (quarantined !== undefined) return Promise.reject(fail('NEXUS_ISOLATION_QUARANTINED', { plugin, reason: quarantined }))
    starting ??= begin().catch((error: unknown) => {
      if (!closed && !life) failed(textOf(error))
      throw error
    }).finally(() => { starting = undefined })
    return starting
  }

  return {
    get life() { return life },
    use,
    status() {
      const { pid, usage } = life ?? {}
      return {
        id: plugin, restarts, contained: [...contained],
        state: quarantined !== undefined ? 'quarantined' : life ? 'running' : starting ? 'starting' : reason !== undefined ? 'waiting' : 'idle',
        ...(pid !== undefined && { pid }),
        ...(usage && { rssMb: Math.round(usage.rssMb), cpuSeconds: Math.round(usage.cpuMs / 10) / 100 }),
        ...(reason !== undefined && { reason }),
      }
    },
    async close(farewell) {
      closed = true
      const last = await (starting ?? Promise.resolve(life)).catch(() => undefined)
      if (!last) return
      await farewell(last).catch(() => {}) // it is ended now, whatever it says to that
      last.kill('it was unloaded')
      await last.ended
    },
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message.split('\n', 1)[0] ?? '' : String(error))
