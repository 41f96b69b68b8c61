import { rename } from 'node:fs/promises'

/** `log` becomes `log.1`, `log.1` becomes `log.2` and so on; with `files` of them in all, the oldest is overwritten. */
export async function rotate(file: string, files: number): Promise<void> {
  for (let n = files - 1; n >= 1; n--) {
    try {
      await rename(n === 1 ? file : `${file}.${n - 1}`, `${file}.${n}`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}
