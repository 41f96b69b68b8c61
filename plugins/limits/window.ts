/**
 * A sliding window in memory that does not grow with what it counts: never more than `most` in any `windowMs`.
 * What came close together is kept as one span, which counts until its last one is old enough. Up to `exact` each
 * millisecond has a span of its own, and the count is exact; above, a place is free up to a 32nd of the window late.
 */
export interface Bound { readonly most: number; readonly windowMs: number; /** How much time one span may cover. */ readonly grain: number }
/** `count` is 0 once nothing of it counts any more. */
export interface Span { readonly from: number; last: number; count: number }
/** With another `bound` it goes on with what it has counted. */
export interface Window { bound: Bound; used: number; readonly spans: Span[] }

const exact = 32

export const bound = (most: number, windowMs: number): Bound => ({ most, windowMs, grain: most <= exact ? 0 : Math.ceil(windowMs / exact) })
export const createWindow = (bound: Bound): Window => ({ bound, used: 0, spans: [] })

/** Milliseconds until one more fits; 0 if it does now. */
export function waitOf(window: Window, now: number): number {
  const { most, windowMs } = window.bound
  expire(window, now)
  if (window.used < most) return 0
  let left = window.used
  for (const { last, count } of window.spans) {
    left -= count
    if (left < most) return Math.max(1, Math.ceil(last + windowMs - now))
  }
  return windowMs
}

/** Counts one more, whether or not it fits. */
export function addTo(window: Window, now: number): Span {
  expire(window, now)
  const newest = window.spans.at(-1)
  const span = newest && now - newest.from <= window.bound.grain ? newest : { from: now, last: now, count: 0 }
  if (span !== newest) window.spans.push(span)
  span.last = now
  span.count++
  window.used++
  return span
}

/** Takes one of `span` back. To be done once for each that was added; does nothing when it no longer counts. */
export function takeFrom(window: Window, span: Span): void {
  if (span.count === 0) return
  span.count--
  window.used--
  // An empty one would stand in the way of the bound on their number.
  if (span.count === 0) window.spans.splice(window.spans.indexOf(span), 1)
}

export const isOver = ({ spans, bound }: Window, now: number): boolean => (spans.at(-1)?.last ?? -Infinity) + bound.windowMs <= now

function expire(window: Window, now: number): void {
  const { spans, bound: { windowMs } } = window
  for (let oldest = spans[0]; oldest && oldest.last + windowMs <= now; oldest = spans[0]) {
    window.used -= oldest.count
    oldest.count = 0
    spans.shift()
  }
}
