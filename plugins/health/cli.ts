import { command, commands } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import type { HealthSnapshot, Status } from './contract.ts'
import { colour, healthScreen, isWell, noColour, statusScreen, type Paint } from './screen.ts'

const paintOf = ({ stdout, env }: CommandIo): Paint => (stdout.isTTY && !env['NO_COLOR'] ? colour : noColour)

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
