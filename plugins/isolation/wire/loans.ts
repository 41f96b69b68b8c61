/**
 * Arguments that are no data and cross all the same, as a number and what can be said of them: the cause somebody acts
 * for, and the signal that he no longer wants it. They are lent for as long as what they were given to takes.
 */
import type { Cause } from 'nexus-gateway/sdk'

/** Where in the arguments it stands, and what it is. Kept beside them, so that no data can pose as one. */
export interface Lent { readonly at: readonly (string | number)[]; readonly cause?: unknown; readonly signal?: number }
export interface Loan { readonly args: readonly unknown[]; readonly lent?: readonly Lent[] }

export interface LoanOptions {
  /** What the other side is told of a cause, and the way to take that back. */
  giveCause(cause: Cause): { readonly data: unknown; release(): void }
  takeCause(data: unknown): Cause
  /** Tells the other side that a signal of this one has been aborted. */
  abort(signal: number): void
}
export interface Loans {
  lend(args: readonly unknown[]): { readonly loan: Loan; release(): void }
  take(loan: Loan): { readonly args: readonly unknown[]; release(): void }
  /** The other side says that one of its signals was aborted. */
  aborted(signal: number): void
}

/** So deep in arguments they are looked for. */
const deepest = 3

export function createLoans({ giveCause, takeCause, abort }: LoanOptions): Loans {
  const taken = new Map<number, AbortController>()
  let numbers = 0

  function lendSignal(signal: AbortSignal, releases: (() => void)[]): number {
    const number = ++numbers
    const tell = (): void => abort(number)
    if (signal.aborted) queueMicrotask(tell)
    else signal.addEventListener('abort', tell, { once: true })
    releases.push(() => signal.removeEventListener('abort', tell))
    return number
  }

  return {
    lend(args) {
      const found: { at: (string | number)[]; value: Cause | AbortSignal }[] = []
      const data = without(args, [], found) as readonly unknown[]
      if (found.length === 0) return { loan: { args }, release() {} }
      const releases: (() => void)[] = []
      const lent = found.map(({ at, value }): Lent => {
        if (value instanceof AbortSignal) return { at, signal: lendSignal(value, releases) }
        const given = giveCause(value)
        releases.push(given.release)
        return { at, cause: given.data }
      })
      return { loan: { args: data, lent }, release: () => releases.forEach((release) => release()) }
    },
    take({ args, lent = [] }) {
      const signals: number[] = []
      for (const { at, cause, signal } of lent) {
        if (signal === undefined) put(args, at, (place) => ({ ...place, ...fieldsOf(takeCause(cause)) }))
        else {
          const control = new AbortController()
          taken.set(signal, control)
          signals.push(signal)
          put(args, at, () => control.signal)
        }
      }
      return { args, release: () => signals.forEach((signal) => taken.delete(signal)) }
    },
    aborted: (signal) => taken.get(signal)?.abort(),
  }
}

const isCause = (x: object): x is Cause => 'caller' in x && 'trace' in x && 'path' in x && (x.caller as { scopes?: unknown } | null)?.scopes instanceof Set

/** Field by field: those of a running call are getters. */
const fieldsOf = ({ caller, trace, path }: Cause): Cause => ({ caller, trace, path })

/** What a cause is besides, such as the tool that is to be run. A running call is nothing besides that could cross. */
function restOf(cause: Cause): object {
  if (Object.getPrototypeOf(cause) !== Object.prototype) return {}
  const { caller: _, trace: __, path: ___, ...rest } = cause
  return rest
}

/** The same without what cannot cross as data; what needs no change stays the same object. */
function without(value: unknown, at: readonly (string | number)[], found: { at: (string | number)[]; value: Cause | AbortSignal }[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof AbortSignal) {
    found.push({ at: [...at], value })
    return null
  }
  if (isCause(value)) {
    found.push({ at: [...at], value })
    return without(restOf(value), at, found)
  }
  if (at.length > deepest) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, without(inner, [...at, Array.isArray(value) ? Number(key) : key], found)] as const)
  if (entries.every(([key, inner]) => inner === (value as Readonly<Record<string, unknown>>)[key])) return value
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

function put(args: unknown, at: readonly (string | number)[], make: (place: object) => unknown): void {
  const last = at.at(-1)
  let place = args
  for (const key of at.slice(0, -1)) place = typeof place === 'object' && place !== null && Object.hasOwn(place, key) ? (place as Readonly<Record<string | number, unknown>>)[key] : undefined
  if (typeof place === 'object' && place !== null && last !== undefined && Object.hasOwn(place, last)) (place as Record<string | number, object>)[last] = make((place as Record<string | number, object>)[last] ?? {}) as object
}
