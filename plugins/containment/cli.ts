import { command, commands, paintOf } from 'nexus-gateway/sdk'
import type { ContainmentList, Released } from './contract.ts'
import { listScreen, releasedText } from './screen.ts'

export default commands({
  'containment list': command({
    summary: 'Show the plugins in quarantine, why they are there, and those that have failed lately',
    offline: true,
    async run(io) {
      const answer = await io.call('containment.list', {}) as ContainmentList
      io.print(listScreen(answer, paintOf(io)), answer)
    },
  }),
  'containment release': command({
    summary: 'Let a plugin out of quarantine and start it',
    args: ['<id>'],
    offline: true,
    examples: ['nexus containment release weather'],
    async run(io) {
      const id = String(io.args['id'])
      const answer = await io.call('containment.release', { id }) as Released
      io.print(releasedText(answer, id), answer)
    },
  }),
})
