import { definePlugin } from 'nexus-gateway/sdk'
import { offerTools, tool, toolError } from 'nexus-gateway/plugins/tools'
import * as v from 'valibot'

const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))

export default definePlugin({
  id: 'dice',
  config: v.strictObject({ most: v.optional(v.pipe(v.number(), v.description('Dice in one throw.')), 10) }),
  // What a tool takes part in; shown to whoever installs the plugin.
  capabilities: ['tap:tools.listed', 'tap:tools.check', 'tap:tools.run'],
  setup(ctx) {
    offerTools(ctx, {
      roll: tool({
        description: 'Rolls dice and adds them up.',
        params: v.strictObject({ dice: v.optional(whole(1, 1_000), 1), sides: v.optional(whole(2, 100), 6) }),
        run({ dice, sides }) {
          if (dice > ctx.config.most) return toolError(`That is too many dice: at most ${ctx.config.most}.`)
          const thrown = Array.from({ length: dice }, () => 1 + Math.floor(Math.random() * sides))
          return `${thrown.join(' + ')} = ${thrown.reduce((sum, n) => sum + n, 0)}`
        },
      }),
    })
  },
})
