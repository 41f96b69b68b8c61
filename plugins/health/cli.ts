import { command, commands, paintOf } from 'nexus-gateway/sdk'
import type { HealthSnapshot, Status } from './contract.ts'
import { healthScreen, isWell, statusScreen } from './screen.ts'

export default commands({
  status: command({
    summary: 'Show what runs, since when, and what is amiss',
    examples: ['nexus status', 'nexus status --json'],
    async run(io) {
      const status = await io.call('status') as Status
      io.print(statusScreen(status, paintOf(io)), status)
    },
  }),
  health: command({
    summary: 'Check the running gateway; exits 1 if something it was told to run does not',
    examples: ['nexus health --json'],
    async run(io) {
      const health = await io.call('health', { probe: true }) as HealthSnapshot
      io.print(healthScreen(health, paintOf(io)), health)
      return isWell(health) ? 0 : 1
    },
  }),
})
