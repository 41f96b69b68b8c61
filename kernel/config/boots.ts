/** Counts starts that did not end cleanly, so that a gateway that crashes again and again can start in safe mode. */
import { dirname } from 'node:path'
import { ensureDir, realFs, removeFile, replaceFile, type Fs } from './atomic.ts'

export interface Boots {
  /** Earlier starts within the last minute that did not end cleanly. */
  readonly crashes: number
  /** Why this start could not be noted: that is no reason not to start. */
  readonly unnoted?: unknown
}

const windowMs = 60_000
/** More starts than this within a minute say nothing new. */
const most = 20
const maxBytes = 1_024

/** Notes a start; call it only once this process holds the state directory. `now` in milliseconds since the epoch. */
export async function noteBoot(file: string, now: number, fs: Fs = realFs): Promise<Boots> {
  const recent = (await readTimes(file, fs)).filter((time) => time <= now && now - time < windowMs).slice(1 - most)
  try {
    await ensureDir(dirname(file), fs)
    // It counts crashes of the process, not of the machine: the start need not wait for the disk.
    await replaceFile(file, Buffer.from(`${JSON.stringify([...recent, now])}\n`), { fs, durable: false })
    return { crashes: recent.length }
  } catch (error) {
    return { crashes: recent.length, unnoted: error }
  }
}

/** The gateway ended as it should: earlier crashes count no more. */
export const clearBoots = (file: string, fs: Fs = realFs): Promise<void> => removeFile(file, fs)

/** A damaged list is none: it must not keep the gateway from starting, nor start it in safe mode. */
async function readTimes(file: string, fs: Fs): Promise<number[]> {
  try {
    const handle = await fs.open(file, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes), 0, maxBytes)
      const times: unknown = JSON.parse(buffer.toString('utf8', 0, bytesRead))
      return Array.isArray(times) ? times.filter((time) => typeof time === 'number') : []
    } finally {
      await handle.close()
    }
  } catch {
    return []
  }
}
