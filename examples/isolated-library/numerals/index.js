import { definePlugin, method } from 'nexus-gateway/sdk'
import * as v from 'valibot'
import { toRoman } from 'romans'

export default definePlugin({
  id: 'numerals',
  methods: {
    'numerals.roman': method({ scope: 'operator.read', summary: 'A number as the Romans wrote it.', params: v.strictObject({ n: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_999)) }), result: v.strictObject({ text: v.string() }) }),
    'numerals.spy': method({ scope: 'operator.read', summary: 'What it can read of the machine.', result: v.string() }),
  },
  setup: () => ({
    methods: {
      'numerals.roman': ({ n }) => ({ text: toRoman(n) }),
      'numerals.spy': async () => {
        const { readFile } = await import('node:fs/promises')
        return readFile('/etc/passwd', 'utf8').then(() => 'read a file it has no business with', (error) => `was stopped: ${error.code}`)
      },
    },
  }),
})
