import { command, commands, paintOf } from 'nexus-gateway/sdk'
import type { LimitsStatus } from './contract.ts'
import { limitsScreen } from './screen.ts'

export default commands({
  limits: command({
    summary: 'Show who has tried and called how often, and who has to wait',
    examples: ['nexus limits', 'nexus limits --json'],
    async run(io) {
      const status = await io.call('limits.status') as LimitsStatus
      io.print(limitsScreen(status, paintOf(io)), status)
    },
  }),
})
