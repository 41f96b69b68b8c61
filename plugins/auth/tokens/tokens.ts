/**
 * Scoped service tokens: what can be done with them, and the way in for whoever has one. A change is in the store
 * before it holds, and holds before it is answered; in the tick in which a token stops holding, what it let in is ended.
 * Of one store there may be one of these at a time: another would not see the changes.
 */
import { randomBytes } from 'node:crypto'
import type { Call, Caller } from 'nexus-gateway/sdk'
import type { Way } from '../authenticate.ts'
import { fail } from '../errors.ts'
import type { AuthHost } from '../host.ts'
import { digestOf } from '../secret.ts'
import { watchExpiry } from './expiry.ts'
import { checkBudget, checkWithin, grantOf, labelOf, type Grant, type Keepers } from './grant.ts'
import { loadTokens, maxTokens } from './load.ts'
import { callerId, nameIn, type TokenRecord } from './record.ts'
import { createTable, type Entry } from './table.ts'
import { createTurns } from '../turns.ts'
import { openUses } from './uses.ts'
import type { MintedToken, NewToken, TokenEntry } from './verbs.ts'
import { hasExpired, prefix, serviceTokens } from './way.ts'

/** Of a call: who it is for, and whether they are still there. */
type By = Pick<Call, 'caller' | 'signal'>

export interface Tokens {
  readonly way: Way
  readonly methods: {
    'tokens.create'(params: NewToken, call: By): Promise<MintedToken>
    'tokens.list'(): { tokens: TokenEntry[] }
    'tokens.rotate'(params: { readonly name: string }, call: By): Promise<MintedToken>
    'tokens.revoke'(params: { readonly name: string }, call: By): Promise<{ name: string; revoked: true }>
  }
}

/** `keepers` of budgets are asked for each one. Rejects with the store's errors. */
export async function createTokens(host: AuthHost, keepers: Keepers): Promise<Tokens> {
  const { clock, log } = host
  const documents = host.store.documents<TokenRecord>('auth/tokens')
  const table = createTable()
  const unfit = await loadTokens(documents, table, log)
  const uses = await openUses(host, table)
  const expiryChanged = watchExpiry(host, table)
  const inTurn = createTurns()
  expiryChanged()

  /** The service token that a caller came with, if it was one. */
  const tokenOf = ({ id }: Caller): Entry | undefined => table.get(nameIn(id) ?? '')

  /** In its turn, and only if what the caller came with still holds then: a revoked credential makes no other one meanwhile. */
  async function change<T>({ caller, signal }: By, work: (caller: Caller, label: TokenRecord['label']) => Promise<T>): Promise<T> {
    const label = labelOf(caller)
    const own = tokenOf(caller)
    return inTurn(async () => {
      signal.throwIfAborted()
      if (nameIn(caller.id) !== undefined && (!own || own !== tokenOf(caller) || hasExpired(own, clock.now()))) throw fail('NEXUS_AUTH_ESCALATES')
      return work(caller, label)
    })
  }

  /** A token that expires makes none that outlasts it. */
  function expiryOf(ttlMs: number | undefined, by: Caller): number | undefined {
    const ends = [tokenOf(by)?.record.expiresAt, ttlMs === undefined ? undefined : clock.now() + ttlMs].filter((at) => at !== undefined)
    return ends.length > 0 ? Math.min(...ends) : undefined
  }

  /** Kept and in force when it resolves. `replaced`: what the old one of this name let in is ended. */
  async function mint(name: string, { scopes, bounds }: Grant, of: Pick<TokenRecord, 'label'> & { readonly ttlMs: number | undefined; readonly by: Caller; readonly replaced?: string }): Promise<MintedToken> {
    const token = `${prefix}${randomBytes(32).toString('base64url')}`
    const expiresAt = expiryOf(of.ttlMs, of.by)
    const record: TokenRecord = {
      digest: digestOf(token).toString('latin1'), scopes: [...scopes], label: of.label, createdAt: clock.now(), createdBy: of.by.id,
      ...(expiresAt !== undefined && { expiresAt }), ...(bounds && { bounds: { ...bounds } }),
    }
    await documents.put(name, record)
    table.set(name, record)
    if (of.replaced !== undefined) host.end([callerId(name)], of.replaced)
    uses.forget(name)
    expiryChanged()
    return { name, token, ...shown(record) }
  }

  /** One that this caller may end. Throws NEXUS_AUTH_TOKEN_UNKNOWN, NEXUS_AUTH_ESCALATES. */
  function changeable(name: string, caller: Caller): Entry {
    const entry = table.get(name)
    if (!entry) throw fail('NEXUS_AUTH_TOKEN_UNKNOWN')
    checkWithin(caller, entry.record)
    return entry
  }

  return {
    way: serviceTokens(table, () => clock.now(), { used: uses.note, keepers }),
    methods: {
      'tokens.create': (params, call) => change(call, async (caller, label) => {
        const { name, ttlMs } = params
        await checkBudget(params.budget, keepers)
        const grant = grantOf(caller, params)
        if (table.get(name) || unfit.has(name)) throw fail('NEXUS_AUTH_TOKEN_EXISTS')
        if (table.size >= maxTokens) throw fail('NEXUS_AUTH_TOKEN_FULL', { limit: maxTokens })
        const minted = await mint(name, grant, { label, ttlMs, by: caller })
        log.info('a service token was created', { name, scopes: minted.scopes, by: caller.id })
        return minted
      }),

      'tokens.list': () => ({ tokens: table.all().map((entry) => listed(entry, uses.lastUsedAt(entry.name), clock.now())) }),

      'tokens.rotate': ({ name }, call) => change(call, async (caller, label) => {
        const { record } = changeable(name, caller)
        if (caller.id === callerId(name)) throw fail('NEXUS_AUTH_TOKEN_SELF')
        const ttlMs = record.expiresAt === undefined ? undefined : record.expiresAt - record.createdAt
        const minted = await mint(name, record, { label: record.label === 'device' ? 'device' : label, ttlMs, by: caller, replaced: 'token rotated' })
        log.info('a service token was rotated', { name, by: caller.id })
        return minted
      }),

      'tokens.revoke': ({ name }, call) => change(call, async (caller) => {
        // What an unreadable one holds nobody knows, so it takes somebody who holds everything.
        if (unfit.has(name)) checkWithin(caller, { scopes: ['operator.admin'] })
        else changeable(name, caller)
        await documents.delete(name)
        unfit.delete(name)
        table.delete(name)
        host.end([callerId(name)], 'token revoked')
        uses.forget(name)
        expiryChanged()
        log.info('a service token was revoked', { name, by: caller.id })
        return { name, revoked: true }
      }),
    },
  }
}

const shown = ({ scopes, createdAt, expiresAt, bounds }: TokenRecord): Pick<TokenEntry, 'scopes' | 'createdAt' | 'expiresAt' | 'agent' | 'budget'> =>
  ({ scopes: [...scopes], createdAt, ...(expiresAt !== undefined && { expiresAt }), ...(bounds?.['agent'] !== undefined && { agent: bounds['agent'] }), ...(bounds?.['budget'] !== undefined && { budget: bounds['budget'] }) })

function listed(entry: Entry, lastUsedAt: number | undefined, now: number): TokenEntry {
  const { name, record } = entry
  return { name, ...shown(record), createdBy: record.createdBy, ...(lastUsedAt !== undefined && { lastUsedAt }), label: record.label, expired: hasExpired(entry, now) }
}
