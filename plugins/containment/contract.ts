/** What is known of plugins that fail, over the wire. Times in milliseconds since the epoch. */
import * as v from 'valibot'
import { contract, controlWrites, event, method } from 'nexus-gateway/sdk'

export { containmentErrors } from './errors.ts'

const text = v.string()
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

export const Quarantined = v.strictObject({ id: text, reason: text, at: count })
export type Quarantined = v.InferOutput<typeof Quarantined>

export const ContainmentList = v.strictObject({
  quarantined: v.array(Quarantined),
  /** Plugins that have failed within their window, those that failed most first; `most` is what they may. */
  faults: v.array(v.strictObject({ id: text, faults: count, most: count, windowMs: count, last: text, at: count })),
  /** Whether a thread looks out for a blocked event loop at the moment. */
  watching: v.boolean(),
})
export type ContainmentList = v.InferOutput<typeof ContainmentList>

export const Released = v.strictObject({
  /** It starts once the call that asked for it has ended. */
  scheduled: v.optional(v.literal(true)),
  started: v.array(text),
})
export type Released = v.InferOutput<typeof Released>

export const containment = contract({
  id: 'containment',
  methods: {
    'containment.list': method({ scope: 'operator.read', params: v.strictObject({}), result: ContainmentList, summary: 'Plugins in quarantine, and those that have failed lately.' }),
    'containment.release': method({ scope: 'operator.admin', limit: controlWrites, params: v.strictObject({ id: v.pipe(text, v.minLength(1), v.maxLength(256)) }), result: Released, summary: 'Lets a plugin out of quarantine and starts it; if it cannot run, it stays there.' }),
  },
  events: {
    'plugin.quarantined': event({ scope: 'operator.read', payload: Quarantined, summary: 'A plugin failed too often and was unloaded.' }),
  },
})
