/**
 * What is on its way out of the SDK. It goes on working for at least two minor versions after the one that says so,
 * warns each plugin that uses it once, and is gone with `until`.
 */
import type { Log } from '../kernel/contract.ts'

export interface Deprecation {
  /** As authors write it: `ctx.paths.socket`, `Route.auth`, `testKernel({ fakes })`. */
  readonly name: string
  /** The first version that warns, and the first without it: `1.4` and `1.6` or later. */
  readonly since: string
  readonly until: string
  /** What to write in its place, in one sentence. */
  readonly instead: string
}

export const deprecations: readonly Deprecation[] = []

/**
 * For the code that keeps an old name alive: `deprecated('ctx.old', ctx)`. Warns through the plugin's own log, once for each
 * of its generations. Throws a TypeError for a name that the table does not have.
 */
export const deprecated = warner(deprecations)

interface User { readonly id: string; readonly log: Log }

export function warner(table: readonly Deprecation[]): (name: string, user: User) => void {
  /** A log is made for one generation of one plugin, and forgotten with it. */
  const told = new WeakMap<Log, Set<string>>()
  return (name, { id, log }) => {
    const entry = table.find((one) => one.name === name)
    if (!entry) throw new TypeError(`${name} is not in the table of deprecations`)
    const known = told.get(log) ?? new Set()
    if (known.has(name)) return
    told.set(log, known.add(name))
    log.warn(`plugin "${id}" uses ${name}, which goes away with version ${entry.until}: ${entry.instead}`, { deprecated: name, since: entry.since, until: entry.until })
  }
}

/** What is wrong with a table at a version, one line each. */
export function deprecationFaults(table: readonly Deprecation[], version: string): string[] {
  const names = table.map(({ name }) => name)
  return table.flatMap(({ name, since, until, instead }, i) => [
    ...(/^\d+\.\d+$/.test(since) && /^\d+\.\d+$/.test(until) ? [] : [`${name}: "since" and "until" are versions such as 1.4`]),
    ...(lifetime(since, until) >= 2 ? [] : [`${name}: it would live for less than two minor versions, from ${since} to ${until}`]),
    ...(isBefore(version, until) ? [] : [`${name}: its time ended with ${until}, and this is ${version}: take it out, and its line here`]),
    ...(isBefore(version, since) ? [`${name}: it warns since ${since}, which is later than ${version}`] : []),
    ...(instead.trim() === '' ? [`${name}: it says nothing to write instead`] : []),
    ...(names.indexOf(name) === i ? [] : [`${name}: it stands here twice`]),
  ])
}

const numbers = (version: string): readonly [major: number, minor: number] => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return [major, minor]
}

function isBefore(a: string, b: string): boolean {
  const [[majorA, minorA], [majorB, minorB]] = [numbers(a), numbers(b)]
  return majorA < majorB || (majorA === majorB && minorA < minorB)
}

/** How many minor versions went out meanwhile; of a line that another one followed, nobody knows. */
function lifetime(since: string, until: string): number {
  const [[majorA, minorA], [majorB, minorB]] = [numbers(since), numbers(until)]
  return majorA === majorB ? minorB - minorA : majorB > majorA ? minorB : -1
}
