import { command, commands, paintOf, plain, table } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { askValue } from './ask.ts'
import type { SecretEntry } from './contract.ts'

/** As a shell reports a program that Ctrl-C ended. */
const interrupted = 130
const nameOf = ({ args }: CommandIo): string => String(args['name'])
const day = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ')

export default commands({
  'secrets set': command({
    summary: 'Store a secret; its value is read from standard input',
    args: ['<name>'],
    examples: ['nexus secrets set openai < key.txt', 'pass show openai | nexus secrets set openai'],
    async run(io) {
      const value = await askValue(io)
      if (value === undefined) return interrupted
      const answer = await io.call('secrets.set', { name: nameOf(io), value }) as { name: string; created: boolean }
      io.print(`${answer.created ? 'Stored' : 'Replaced'}. In the settings it is { $secret: "store:${plain(answer.name)}" }.`, answer)
      return 0
    },
  }),
  'secrets list': command({
    summary: 'List the names of the stored secrets',
    async run(io) {
      const answer = await io.call('secrets.list') as { secrets: SecretEntry[]; key: string }
      io.print(listText(answer.secrets, io), answer)
    },
  }),
  'secrets remove': command({
    summary: 'Take a secret out of the store',
    args: ['<name>'],
    async run(io) {
      const answer = await io.call('secrets.remove', { name: nameOf(io) })
      io.print('Removed.', answer)
    },
  }),
  'secrets rotate': command({
    summary: 'Encrypt everything anew, with a new key',
    async run(io) {
      const answer = await io.call('secrets.rotate') as { secrets: number }
      io.print(`Encrypted anew: ${answer.secrets}. Copies of the store need the key from before.`, answer)
    },
  }),
})

function listText(entries: readonly SecretEntry[], io: CommandIo): string {
  if (entries.length === 0) return 'No secrets are stored. Store one with `nexus secrets set NAME`.'
  return table(['NAME', 'CHANGED', 'CREATED'], entries.map(({ name, createdAt, updatedAt }) => [name, day(updatedAt), day(createdAt)]), paintOf(io)).join('\n')
}
