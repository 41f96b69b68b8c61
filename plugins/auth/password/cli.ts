import { command } from 'nexus-gateway/sdk'
import { askPassword } from './ask.ts'

/** As a shell reports a program that Ctrl-C ended. */
const interrupted = 130

export const passwordCommands = {
  'auth password': command({
    summary: 'Set the password of the gateway; it is read from standard input',
    options: { remove: { summary: 'Take it away instead' } },
    examples: ['nexus auth password', 'pass show nexus | nexus auth password', 'nexus auth password --remove'],
    async run(io) {
      if (io.options['remove'] === true) {
        const answer = await io.call('auth.password.remove', {}) as { removed: boolean }
        io.print(answer.removed ? 'Removed. Whoever came in by it is out.' : 'There was none.', answer)
        return 0
      }
      const password = await askPassword(io)
      if (password === undefined) return interrupted
      const answer = await io.call('auth.password.set', { password })
      io.print('Set. Whoever came in by the one before is out.', answer)
      return 0
    },
  }),
}
