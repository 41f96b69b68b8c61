/** What Linux tells of a process. Elsewhere, and of one that is gone, nothing. */
import { readFile } from 'node:fs/promises'

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

/** The first child of a process. */
export async function firstChild(pid: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '')
  const first = Number.parseInt(children, 10)
  return Number.isInteger(first) ? first : undefined
}
