import { definePlugin, method } from 'nexus-gateway/sdk'
import * as v from 'valibot'

export default definePlugin({
  id: 'hello',
  config: v.strictObject({ greeting: v.optional(v.string(), 'Hello') }),
  methods: {
    'hello.say': method({ scope: 'operator.read', params: v.strictObject({ name: v.string() }) }),
  },
  setup: (ctx) => ({
    methods: { 'hello.say': ({ name }) => ({ text: `${ctx.config.greeting}, ${name}!` }) },
  }),
})
