/** How often somebody may try and call. Methods say their own limits (`method({ limit })`); this plugin keeps them. */
import * as v from 'valibot'
import { contract, method, service } from 'nexus-gateway/sdk'

export { limitsErrors } from './errors.ts'

export type Attempt =
  | { readonly ok: true; /** It was no wrong one after all. */ refund(): void }
  | { readonly ok: false; readonly retryAfterMs: number }

export interface AttemptsApi {
  /** Takes one try for `source` before the secret is looked at. Synchronous, so that many at once count one by one. */
  take(source: string): Attempt
}
export const Attempts = service<AttemptsApi>('attempts/1')

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
/** 0: not refused now. */
const retryAfterMs = count
const fill = v.strictObject({ entries: count, most: count })

export const LimitsStatus = v.strictObject({
  /** Who has tries that count, those refused longest first; 100 at most. */
  sources: v.array(v.strictObject({ source: v.string(), used: count, retryAfterMs })),
  /** Callers of limited methods, likewise. `method` is `*` for all methods together; `limit` as in `30 per 60s, 2 at once`. */
  calls: v.array(v.strictObject({ caller: v.string(), method: v.string(), used: count, running: count, limit: v.string(), retryAfterMs })),
  /** All sources together but `unix`. */
  everybody: v.strictObject({ used: count, retryAfterMs }),
  bounds: v.strictObject({ perSource: count, global: count, windowMs: count, callsPerMinute: v.nullable(count) }),
  tables: v.strictObject({ sources: fill, calls: fill, callers: fill }),
})
export type LimitsStatus = v.InferOutput<typeof LimitsStatus>

export const limits = contract({
  id: 'limits',
  provides: { attempts: Attempts },
  methods: {
    'limits.status': method({ scope: 'operator.admin', params: v.strictObject({}), result: LimitsStatus, summary: 'Who has tried and called how often, and who has to wait.' }),
  },
})
