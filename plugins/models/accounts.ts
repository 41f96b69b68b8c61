/** In which order the accounts of a provider are tried. Pure. */
import type { Account } from './attempt.ts'

const rank = { oauth: 0, token: 1, key: 2 } as const

/** The session's own first, so that the provider's cache serves it; then by kind; of one kind the one that has rested longest. */
export function inTurn(accounts: readonly Account[], sticky: string | undefined, lastUsed: (account: Account) => number): readonly Account[] {
  const own = (account: Account): number => (account.id === sticky ? 0 : 1)
  return accounts.toSorted((a, b) => own(a) - own(b) || rank[a.kind] - rank[b.kind] || lastUsed(a) - lastUsed(b))
}
