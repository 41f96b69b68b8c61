/** What callers ask, made whole numbers, or refused. */
import { isAmount } from './lines.ts'
import { LedgerRefused, type Amount, type Hold, type ReserveRequest, type Settlement } from './shapes.ts'

const mostHolds = 64

/** The worst case, rounded up. Throws `LedgerRefused`. */
export function checked({ id, worst, holds }: ReserveRequest): Amount {
  if (!isText(id, 256)) invalid('id')
  const nano = worst.nano === undefined ? undefined : Math.ceil(worst.nano)
  const tokens = Math.ceil(worst.tokens)
  if (!(nano === undefined || isAmount(nano)) || !isAmount(tokens)) invalid('worst')
  if (holds.length > mostHolds || !holds.every(isHold)) invalid('holds')
  return { nano, tokens }
}

function isHold({ counter, expiresAt }: Hold, index: number, holds: readonly Hold[]): boolean {
  if (!isText(counter, 1_024) || !(expiresAt === undefined || Number.isFinite(expiresAt))) return false
  for (let n = 0; n < index; n++) if (holds[n]!.counter === counter) return false
  return true
}

const isText = (value: unknown, longest: number): boolean => typeof value === 'string' && value.length > 0 && value.length <= longest

function invalid(what: string): never {
  throw new LedgerRefused({ kind: 'invalid', what })
}

/** To the nearest; what cannot be counted is the worst case. */
export function actualOf(worst: Amount, { nano, tokens, estimated = false }: Settlement): { readonly amount: Amount; readonly estimated: boolean } {
  const known = nano !== undefined && isAmount(Math.round(nano))
  const counted = isAmount(Math.round(tokens))
  const amount = { nano: known ? Math.round(nano) : worst.nano, tokens: counted ? Math.round(tokens) : worst.tokens }
  return { amount, estimated: estimated || !counted || (!known && (nano !== undefined || worst.nano !== undefined)) }
}
