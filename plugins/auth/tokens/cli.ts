import { command, commands, paintOf, plain, table } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { parseTtl } from './ttl.ts'
import type { MintedToken, TokenEntry } from './verbs.ts'

const nameOf = ({ args }: CommandIo): string => String(args['name'])
const minute = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ')

export const tokenCommands = commands({
  'tokens create': command({
    summary: 'Make a token for a program; it is printed once',
    args: ['<name>'],
    options: {
      scope: { summary: 'What it may do: read, write, approvals, pairing, admin, or a scope of a plugin such as cost.manage; may be given several times', value: 'SCOPE', many: true },
      ttl: { summary: 'How long it holds, as 90s, 15m, 12h or 30d; without it until it is revoked', value: 'TIME' },
      agent: { summary: 'The only agent that it is for', value: 'ID' },
      budget: { summary: 'What it may spend, as 5usd/day, 100000tokens/month or 0.5usd/run', value: 'BUDGET' },
    },
    examples: ['TOKEN=$(nexus tokens create ci --scope read)', 'nexus tokens create deploy --scope write --scope cost.manage --ttl 30d --json', 'nexus tokens create bot --scope write --budget 5usd/day'],
    offline: true,
    async run(io) {
      const { ttl, agent, budget } = io.options
      const scopes = scopesOf(io.options['scope'])
      const params = { name: nameOf(io), scopes, ...(typeof ttl === 'string' && { ttlMs: parseTtl(ttl) }), ...(typeof agent === 'string' && { agent }), ...(typeof budget === 'string' && { budget }) }
      handOver(io, await io.call('tokens.create', params) as MintedToken)
    },
  }),
  'tokens list': command({
    summary: 'List the tokens of programs, without the tokens',
    examples: ['nexus tokens list', 'nexus tokens list --json'],
    offline: true,
    async run(io) {
      const answer = await io.call('tokens.list') as { tokens: TokenEntry[] }
      io.print(listText(answer.tokens, io), answer)
    },
  }),
  'tokens rotate': command({
    summary: 'Make a new token of the same name; the old one stops holding at once',
    args: ['<name>'],
    examples: ['TOKEN=$(nexus tokens rotate ci)'],
    offline: true,
    async run(io) {
      handOver(io, await io.call('tokens.rotate', { name: nameOf(io) }) as MintedToken)
    },
  }),
  'tokens revoke': command({
    summary: 'Take a token away; whoever came in with it is out at once',
    args: ['<name>'],
    examples: ['nexus tokens revoke ci'],
    offline: true,
    async run(io) {
      const answer = await io.call('tokens.revoke', { name: nameOf(io) })
      io.print('Revoked.', answer)
    },
  }),
})

/** `read` is `operator.read`. Throws NEXUS_AUTH_TOKEN_SCOPE. */
function scopesOf(given: string | boolean | undefined): string[] {
  const scopes = typeof given === 'string' ? given.split('\n').flatMap((text) => text.split(',')).map((text) => text.trim()).filter(Boolean) : []
  if (scopes.length === 0) throw fail('NEXUS_AUTH_TOKEN_SCOPE')
  return scopes.map((scope) => (scope.includes('.') ? scope : `operator.${scope}`))
}

/** The token alone on standard output, for scripts; what a person should know beside it. */
function handOver(io: CommandIo, minted: MintedToken): void {
  io.print(minted.token, minted)
  if (io.json) return
  const until = minted.expiresAt === undefined ? 'until it is rotated or revoked' : `until ${minute(minted.expiresAt)} UTC`
  io.stderr.write(`Holds ${minted.scopes.map(plain).join(', ')} ${until}. It is shown this once; what is kept is a digest of it.\n`)
}

function listText(tokens: readonly TokenEntry[], io: CommandIo): string {
  if (tokens.length === 0) return 'There are no service tokens. Make one with `nexus tokens create NAME --scope read`.'
  const rows = tokens.map((token) => [token.name, endOf(token), token.lastUsedAt === undefined ? 'never' : minute(token.lastUsedAt), scopesText(token)])
  return table(['NAME', 'HOLDS UNTIL', 'LAST USED', 'SCOPES'], rows, paintOf(io)).join('\n')
}

const endOf = ({ expiresAt, expired }: TokenEntry): string => (expired ? 'expired' : expiresAt === undefined ? 'revoked' : minute(expiresAt))
const scopesText = ({ scopes, agent, budget }: TokenEntry): string => [scopes.join(' ') || 'none', agent === undefined ? '' : `(agent ${agent})`, budget === undefined ? '' : `(${budget})`].filter(Boolean).join(' ')
