/** `nexus stop`: asks the gateway of this state directory to end, and nobody else. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandIo } from '../command.ts'
import { holderOf, readLock } from './lock.ts'
import { statePaths } from '../paths.ts'
import { fail } from './errors.ts'
import { milliseconds } from './io.ts'

const WAIT_MS = 15_000
const LOOK_MS = 25
/** After this long a second signal is taken for "at once". */
const INSIST_MS = 400

/** Signals only the process whose pid, start time and boot stand in the lock. */
export async function stop(io: CommandIo): Promise<void> {
  const paths = statePaths(io.env)
  const timeoutMs = milliseconds(io.options['timeout'], '--timeout', WAIT_MS)
  const lock = readLock(paths.lock)
  const lives = async (): Promise<boolean> => lock !== undefined && (await holderOf(lock, paths.socket)) !== 'gone'
  if (!lock || !(await lives())) throw fail('NEXUS_CLI_NO_GATEWAY', { place: paths.state })
  // Without a start time nothing proves that the pid is still the gateway's.
  if (lock.start === '' || (await holderOf(lock, paths.socket)) === 'away') throw fail('NEXUS_STOP_AWAY', { dir: paths.state })

  const began = performance.now()
  let signals = 0
  while (await lives()) {
    const waited = performance.now() - began
    if (signals === 0 || (io.options['now'] && signals === 1 && waited > INSIST_MS)) {
      process.kill(lock.pid, 'SIGTERM')
      signals++
    }
    if (waited > timeoutMs) throw fail('NEXUS_STOP_TIMEOUT', { pid: lock.pid, seconds: timeoutMs / 1000 })
    await sleep(LOOK_MS, undefined, { signal: io.signal })
  }
  io.print(`Stopped the gateway (pid ${lock.pid}).`, { stopped: true, pid: lock.pid })
}
