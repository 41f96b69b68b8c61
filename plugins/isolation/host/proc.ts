/** What Linux tells of a process. Elsewhere, and of one that is gone, nothing. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Sample {
  /** `R` runs or wants to, `S` waits, and so on. */
  readonly state: string
  readonly cpuMs: number
  /** How long it has wanted a processor and got none; 0 where the kernel does not keep count. */
  readonly waitMs: number
  readonly rssMb: number
}

/** A clock tick of `/proc` is 10 ms on every Linux that Node runs on. */
const tickMs = 10

export async function sample(pid: number | undefined): Promise<Sample | undefined> {
  if (pid === undefined || process.platform !== 'linux') return undefined
  try {
    const [stat, status, waits] = await Promise.all([readFile(`/proc/${pid}/stat`, 'latin1'), readFile(`/proc/${pid}/status`, 'latin1'), readFile(`/proc/${pid}/schedstat`, 'latin1').catch(() => '')])
    // The name in parentheses may hold anything, spaces and parentheses too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const rssKb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
    return { state: fields[0] ?? '', cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs, waitMs: Number(waits.split(' ')[1] ?? 0) / 1e6, rssMb: rssKb / 1024 }
  } catch {
    return undefined // it has ended meanwhile
  }
}

/** Whether no thread of it runs, wants to or waits for the disk: one that waits for a thread of its own gets on when that does. False for one that is gone. */
export async function asleep(pid: number | undefined): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const states = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'latin1').then((stat) => stat.charAt(stat.lastIndexOf(')') + 2), () => 'S')))
  return states.length > 0 && states.every((state) => state === 'S' || state === 'T' || state === 't')
}

/** The first child of a process. */
export async function firstChild(pid: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '')
  const first = Number.parseInt(children, 10)
  return Number.isInteger(first) ? first : undefined
}

/** Linux takes such a wish of an ordinary user's every 100 ms, whoever it is. */
const wishes = 40
const wishMs = 110

/**
 * Nobody else's: to be called for a process that began a session of its own. Where processors are shared out by
 * session first (autogroups, on by default), the niceness of one process does not count beside others' sessions.
 */
export async function lowerSession(pid: number, niceness: number): Promise<void> {
  for (let left = wishes; left > 0; left--) {
    const error = await writeFile(`/proc/${pid}/autogroup`, String(niceness)).catch((reason: unknown) => reason as NodeJS.ErrnoException)
    if (error?.code !== 'EAGAIN') return // done, or nothing that this kernel has
    await sleep(wishMs * (1 + Math.random()), undefined, { ref: false })
  }
}
