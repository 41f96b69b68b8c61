import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { command, commands, paintOf } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'
import { follow } from './follow.ts'
import { pretty } from './pretty.ts'
import { openIfThere, tail, type Tail } from './tail.ts'

/** What 5,000 lines of the longest kind may take; a file of one's own needs no smaller limit. */
const localBytes = 64 << 20
const pollMs = 1_000

export default commands({
  logs: command({
    summary: 'Show the gateway\'s log',
    options: {
      follow: { summary: 'Go on with what is written from now on', short: 'f' },
      limit: { summary: 'How many lines to begin with', value: 'N', default: '200' },
    },
    examples: ['nexus logs -f', 'nexus logs --limit 50 --json'],
    async run(io) {
      const limit = limitOf(io.options['limit'])
      const following = io.options['follow'] === true
      const show = printer(io)
      for await (const line of await isLocal(io) ? localLines(io, limit, following) : remoteLines(io, limit, following)) show(line)
    },
  }),
})

const logFile = (io: CommandIo): string => join(io.paths.state, 'logs', 'nexus.log')

/** The file, where there is one: it can be read with no gateway running. With `--url` another machine's log is meant. */
async function isLocal(io: CommandIo): Promise<boolean> {
  if (io.options['url'] !== undefined) return false
  const handle = await openIfThere(logFile(io))
  await handle?.close()
  return handle !== undefined
}

async function* localLines(io: CommandIo, limit: number, following: boolean): AsyncGenerator<string> {
  const { lines, cursor, file } = await tail(logFile(io), { limit, maxBytes: localBytes })
  yield* lines
  if (following) yield* follow(file, cursor, io.signal)
}

async function* remoteLines(io: CommandIo, limit: number, following: boolean): AsyncGenerator<string> {
  let { lines, cursor } = await io.call('logs.tail', { limit, maxBytes: 1_000_000 }) as Tail
  yield* lines
  while (following && !io.signal.aborted) {
    // Behind by more than one answer holds: the next one at once.
    if (lines.length === 0) await sleep(pollMs, undefined, { signal: io.signal }).catch(() => undefined /* aborted: the loop ends */)
    if (io.signal.aborted) return
    ;({ lines, cursor } = await io.call('logs.tail', { cursor, maxBytes: 1_000_000 }) as Tail)
    yield* lines
  }
}

function limitOf(text: unknown): number {
  const limit = typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > 5000) throw fail('NEXUS_LOGS_LIMIT')
  return limit
}

function printer(io: CommandIo): (line: string) => void {
  const paint = paintOf(io)
  return (line) => io.stdout.write(`${io.json ? line : pretty(line, paint)}\n`)
}
