/**
 * When the plugin is reloaded, the new generation's taps take over in one step while the old one still ends its work,
 * so that no privileged call slips through between them. Only one of the two may have the files: this orders them.
 * Another process has none of them: the gateway's own lock keeps it out, and a lock of another name is what a crash left.
 */
import { mkdir, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errno } from './errors.ts'
import { makeDir, realFs } from './files.ts'

const pollMs = 5
const patienceMs = 10_000

/**
 * Whoever comes draws a number, a folder `lock-PROCESS-NUMBER`; the lowest has the files. Resolves to what gives them
 * back. Rejects with EBUSY after 10 s, and when `signal` aborts.
 */
export async function takeLock(dir: string, signal: AbortSignal): Promise<() => Promise<void>> {
  const mine = `lock-${process.pid}-${Math.round(performance.timeOrigin * 1000)}-`
  await makeDir(realFs, dir)
  for (const name of await readdir(dir)) if (name.startsWith('lock-') && !name.startsWith(mine)) await rmdir(join(dir, name))
  const drawn = async (): Promise<number[]> => (await readdir(dir)).filter((name) => name.startsWith(mine)).map((name) => Number(name.slice(mine.length)))
  const number = await draw(async (n) => { await mkdir(join(dir, `${mine}${n}`), { mode: 0o700 }) }, Math.max(0, ...await drawn()) + 1)
  const giveBack = (): Promise<void> => rmdir(join(dir, `${mine}${number}`))
  try {
    const until = performance.now() + patienceMs
    while ((await drawn()).some((other) => other < number)) {
      if (performance.now() > until) throw Object.assign(new Error('the journal is still held'), { code: 'EBUSY' })
      await sleep(pollMs, undefined, { signal })
    }
    return giveBack
  } catch (error) {
    await giveBack()
    throw error
  }
}

/** The first number from `from` on that nobody has. */
async function draw(take: (n: number) => Promise<void>, from: number): Promise<number> {
  for (let n = from; ; n++) {
    try {
      await take(n)
      return n
    } catch (error) {
      if (errno(error) !== 'EEXIST') throw error
    }
  }
}
