import { definePlugin, event, method } from 'nexus-gateway/sdk'
import * as v from 'valibot'

const Digest = v.strictObject({ n: v.number(), words: v.array(v.string()) })

export default definePlugin({
  id: 'digest',
  // It works without being called: in a process of its own it is started with the gateway.
  eager: true,
  config: v.strictObject({ everyMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.description('Milliseconds from one digest to the next.')), 3_600_000) }),
  methods: {
    'digest.add': method({ scope: 'operator.write', summary: 'A word for the next digest.', params: v.strictObject({ word: v.pipe(v.string(), v.maxLength(100)) }), result: v.strictObject({ waiting: v.number() }) }),
  },
  events: { 'digest.ready': event({ scope: 'operator.read', summary: 'What came in since the one before.', payload: Digest }) },
  setup(ctx) {
    // What the generation before had not sent yet.
    const waiting: string[] = [...(ctx.inherited as string[] | undefined ?? [])]
    let n = 0
    ctx.scope.interval(() => {
      if (waiting.length > 0) ctx.emit('digest.ready', { n: ++n, words: waiting.splice(0) })
    }, ctx.config.everyMs)
    return {
      handOver: () => waiting,
      methods: { 'digest.add': ({ word }) => ({ waiting: waiting.push(word) }) },
    }
  },
})
