/**
 * Under which names the price of a model may stand. A model that is called `gpt-5-2026-08-07` is `gpt-5` as it was on a
 * day, and has no other price unless one is known; nothing else is taken off a name, because what is left would be
 * another model: `-mini`, `-preview`, `-001` and `:free` each have a price of their own. Pure.
 */
import { dayOf } from './sound.ts'

/** The provider of a reference and the model's id, which may contain slashes. */
export function partsOf(reference: string): { readonly provider: string; readonly id: string } {
  const at = reference.indexOf('/')
  return at < 0 ? { provider: '', id: reference } : { provider: reference.slice(0, at), id: reference.slice(at + 1) }
}

/** Google's API itself calls its models `models/…`. */
export function plainReference(reference: string): string {
  return reference.startsWith('google/models/') ? `google/${reference.slice('google/models/'.length)}` : reference
}

/** The same model without the day of its snapshot, written as -20260507, -2026-05-07 or @20260507; nothing where there is no day. */
export function withoutDay(reference: string): string | undefined {
  const [, base, dashed, plain] = /^(.+?)(?:-(\d{4}-\d{2}-\d{2})|[-@](\d{8}))$/.exec(reference) ?? []
  const day = dashed ?? plain?.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
  return base === undefined || base.endsWith('/') || day === undefined || !day.startsWith('20') || dayOf(day) === undefined ? undefined : base
}
