import { definePlugin } from 'nexus-gateway/sdk'
import { counter } from './contract.ts'

export default definePlugin({
  ...counter,
  setup(ctx) {
    let total = 0
    return {
      methods: {
        'counter.add': ({ by }) => {
          total += by
          ctx.emit('counter.changed', { total })
          return { total }
        },
      },
    }
  },
})
