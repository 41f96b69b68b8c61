/** A process that goes for the lock when it is told to: `go`, answered by `won` or `lost`, then `drop`. Run with jiti. */
import { join } from 'node:path'
import { acquireLock, type Lock } from '../../../kernel/cli/lock.ts'

const dir = process.argv[2]!
const paths = { state: dir, lock: join(dir, 'gateway.lock'), socket: join(dir, 'gateway.sock') }
let lock: Lock | undefined

async function obey(word: unknown): Promise<string> {
  if (word === 'drop') {
    lock?.release()
    lock = undefined
    return 'dropped'
  }
  try {
    lock = await acquireLock(paths)
    return 'won'
  } catch (error) {
    return (error as { code?: string }).code === 'NEXUS_START_LOCKED' ? 'lost' : `broken: ${String(error)}`
  }
}

process.on('message', (word) => void obey(word).then((answer) => process.send?.(answer)))
process.send?.('up')
