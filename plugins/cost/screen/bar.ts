/** Bars that lie. Pure. */
import type { Glyphs } from './look.ts'

/** A part of the whole, from 0 to 1, in `width` cells; what is not nothing shows. */
export function bar(part: number, width: number, { ends }: Glyphs): string {
  const steps = ends.length
  const filled = part > 0 ? Math.max(1, Math.round(Math.min(1, part) * width * steps)) : 0
  const whole = Math.floor(filled / steps)
  const rest = filled % steps
  return (ends.at(-1) ?? '').repeat(Math.min(width, whole)) + (rest > 0 && whole < width ? ends[rest - 1] ?? '' : '')
}

export interface Gauge { readonly spent: string; readonly held: string; readonly left: string }

/** What is spent, what is held and what is left of a budget, each as parts of 1, in whole cells that make up `width`. */
export function gauge(spent: number, held: number, width: number, { ends, held: heldSign, empty }: Glyphs): Gauge {
  const upTo = (part: number): number => Math.min(width, part > 0 ? Math.max(1, Math.round(part * width)) : 0)
  // The last cell is not filled before there is nothing left.
  const all = upTo(spent + held)
  const filled = spent + held < 1 ? Math.min(all, width - 1) : all
  const full = Math.min(filled, held > 0 && filled > 1 ? Math.min(upTo(spent), filled - 1) : upTo(spent))
  return { spent: (ends.at(-1) ?? '').repeat(full), held: heldSign.repeat(filled - full), left: empty.repeat(width - filled) }
}
