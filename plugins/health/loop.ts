/** How busy the event loop is. Figures are about the time since they were last taken, a second at least. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { EventLoop } from './contract.ts'

export interface LoopMonitor extends Disposable { sample(): EventLoop }

/** Above these the loop counts as degraded. */
const limits = { delayP99Ms: 250, utilization: 0.95, cpuCoreRatio: 0.95 }
/** Delays are measured against a timer of this many ms, which its own figures contain. */
const resolution = 20
const shortestMs = 1_000

export function monitorLoop(): LoopMonitor {
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  let since = performance.now()
  let utilization = performance.eventLoopUtilization()
  let cpu = process.cpuUsage()
  let degradedAt: number | undefined
  let latest: EventLoop | undefined

  function take(now: number): EventLoop {
    const intervalMs = now - since
    const used = process.cpuUsage(cpu)
    const figures = {
      intervalMs: rounded(intervalMs),
      delayP99Ms: delayOf(delays.percentile(99)),
      delayMaxMs: delayOf(delays.max),
      utilization: rounded(performance.eventLoopUtilization(utilization).utilization),
      cpuCoreRatio: rounded((used.user + used.system) / 1000 / intervalMs),
    }
    const reasons = reasonsOf(figures)
    degradedAt = reasons.length > 0 ? degradedAt ?? now : undefined
    delays.reset()
    since = now
    utilization = performance.eventLoopUtilization()
    cpu = process.cpuUsage()
    return { degraded: reasons.length > 0, degradedSinceMs: degradedAt === undefined ? null : Math.round(now - degradedAt), reasons, ...figures }
  }

  return {
    sample() {
      const now = performance.now()
      return latest && now - since < shortestMs ? latest : latest = take(now)
    },
    [Symbol.dispose]() { delays.disable() },
  }
}

type Figures = Pick<EventLoop, 'delayP99Ms' | 'utilization' | 'cpuCoreRatio'>

export function reasonsOf({ delayP99Ms, utilization, cpuCoreRatio }: Figures): EventLoop['reasons'] {
  const reasons: EventLoop['reasons'] = []
  if (delayP99Ms >= limits.delayP99Ms) reasons.push('event_loop_delay')
  if (utilization >= limits.utilization) reasons.push('event_loop_utilization')
  if (cpuCoreRatio >= limits.cpuCoreRatio) reasons.push('cpu')
  return reasons
}

/** From ns; a histogram without a value yet says NaN or nonsense below the resolution. */
const delayOf = (ns: number): number => (Number.isFinite(ns) ? rounded(Math.max(0, ns / 1e6 - resolution)) : 0)
const rounded = (n: number): number => Math.round(n * 1000) / 1000
