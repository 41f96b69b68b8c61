/** What is known of the processes that plugins run in. Sizes in MiB, times in seconds unless a name says otherwise. */
import * as v from 'valibot'
import { contract, event, method, service } from 'nexus-gateway/sdk'

export { isolationErrors } from './errors.ts'

export interface Limits {
  /** More memory than this (RSS), and the process is ended. */
  readonly memoryMb: number
  /** A process that answers nothing for so long is ended. Milliseconds. */
  readonly hangMs: number
  /** CPU time within a minute. */
  readonly cpuSeconds: number
  readonly bwrap: 'auto' | 'required' | 'off'
}

const text = v.string()
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

export const IsolatedPlugin = v.strictObject({
  id: text,
  /** `idle`: nobody has called it, so there is no process. `waiting`: it fell over and is started again by the next call. */
  state: v.picklist(['idle', 'starting', 'running', 'waiting', 'quarantined']),
  pid: v.optional(count),
  rssMb: v.optional(v.number()),
  cpuSeconds: v.optional(v.number()),
  /** How often its process was started again. */
  restarts: count,
  /** Why it ended last. */
  reason: v.optional(text),
  /** What holds it: `permissions` of Node, `bwrap`, `no network`. */
  contained: v.array(text),
})
export type IsolatedPlugin = v.InferOutput<typeof IsolatedPlugin>

/** What stops an isolated plugin on this machine: `node`, its files, programs and threads; `bwrap`, the network too, and signals. */
const Containment = v.picklist(['bwrap', 'node'])

/** For the definitions that stand for isolated plugins. */
export interface IsolationApi {
  limitsOf(id: string): Limits
  /** The gateway serves already: what is loaded now has to prove itself before it replaces anything. */
  serving(): boolean
  /** Shows up in `isolation.list` until the function it gives is called. */
  list(status: () => IsolatedPlugin): () => void
  quarantined(id: string, reason: string): void
}
export const Isolation = service<IsolationApi>('isolation/1')

export const isolation = contract({
  id: 'isolation',
  provides: { isolation: Isolation },
  methods: {
    'isolation.list': method({ scope: 'operator.read', params: v.strictObject({}), result: v.strictObject({ containment: Containment, plugins: v.array(IsolatedPlugin) }), summary: 'The plugins that run in processes of their own, and how these fare.' }),
  },
  events: {
    'isolation.quarantined': event({ scope: 'operator.read', payload: v.strictObject({ id: text, reason: text }), summary: 'A plugin fell over too often and is not started again until it is reloaded.' }),
  },
})
