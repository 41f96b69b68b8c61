/** What is left of plugins once their kernel is closed; there should be nothing. */
import { NexusError } from '../../kernel/errors.ts'
import type { Kernel } from '../../kernel/index.ts'
import type { LogRecord } from '../../kernel/points.ts'
import type { CloseReport } from '../../kernel/report.ts'
import type { TestClock } from './clock.ts'

export class LeakError extends Error {
  override readonly name = 'LeakError'
  /** One line each. */
  readonly leaks: readonly string[]
  constructor(leaks: readonly string[]) {
    super(['the plugins under test left something behind:', ...leaks].join('\n  - '))
    this.leaks = leaks
  }
}

export interface Remains {
  readonly kernel: Kernel
  readonly report: CloseReport
  readonly logs: readonly LogRecord[]
  readonly clock: TestClock | undefined
  /** Calls that have not been answered. */
  readonly calls: Iterable<string>
  /** What the process had open before. */
  readonly handles: readonly string[] | undefined
}

export function findLeaks({ kernel, report, logs, clock, calls, handles }: Remains): string[] {
  const own = [...kernel.events.values()].filter(({ plugin }) => plugin !== 'kernel')
  return [
    ...report.errors.map((error) => error.message),
    ...logs.flatMap(reported),
    ...kernel.list().flatMap(({ id, owned, inflight }) => [...owned, ...(inflight > 0 ? [`${inflight} calls in flight`] : [])].map((what) => `plugin "${id}" still has ${what}`)),
    ...[...kernel.methods.values(), ...own].map(({ plugin, name }) => `plugin "${plugin}" is still in the tables with ${name}`),
    ...[...kernel.routes].map(([prefix, { plugin }]) => `plugin "${plugin}" is still in the tables with ${prefix}`),
    ...(clock?.pending() ?? []).map(({ from }) => `a timer that nobody cleared, set at ${from}`),
    ...[...calls].map((call) => `${call} was never answered`),
    ...(handles ? opened(handles) : []),
  ].filter((line, i, all) => all.indexOf(line) === i)
}

/** What went wrong when a scope closed, or tried to do after it, stands in the log under the plugin's name. */
function reported({ fields }: LogRecord): string[] {
  const error = fields?.['error']
  return error instanceof NexusError && error.code.startsWith('NEXUS_SCOPE_') ? [error.message] : []
}

function opened(before: readonly string[]): string[] {
  const left = [...before]
  const extra = process.getActiveResourcesInfo().filter((kind) => {
    const known = left.indexOf(kind)
    if (known >= 0) left.splice(known, 1)
    return known < 0
  })
  return extra.map((kind) => `the process still has a ${kind} open`)
}
