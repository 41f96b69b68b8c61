/** The few things done to files, so that each is durable, private, and can be made to fail by a test. */
import { constants } from 'node:fs'
import * as promises from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errno } from './errors.ts'

/** The part of `node:fs/promises` that the store uses. */
export type Fs = Pick<typeof promises, 'open' | 'mkdir' | 'chmod' | 'rename' | 'unlink' | 'readdir' | 'readFile'>
export const realFs: Fs = promises

export interface Files {
  readonly fs: Fs
  /** Opens for reading and writing; `undefined` when there is no such file and `create` is not set. A new one lasts once `syncDir` was called. A write through it is on disk when it resolves if `writesThrough`, else after `datasync`. */
  openLog(path: string, create: boolean): Promise<promises.FileHandle | undefined>
  readonly writesThrough: boolean
  syncDir(dir: string): Promise<void>
  /** The whole file or none of it: temporary file, fsync, rename, fsync of the directory. */
  writeAtomic(path: string, text: string): Promise<void>
  /** Whether there was a file to remove. */
  remove(path: string): Promise<boolean>
  appendSynced(path: string, bytes: Uint8Array): Promise<void>
  /** Removes what a crash left of atomic writes. */
  clearTemporary(): Promise<number>
}

const maxKnownDirs = 4096
/** Where the system has it, a write is on disk when it resolves: one way to the disk in place of two. macOS has the name only. */
const through = process.platform === 'linux' ? constants.O_DSYNC : 0

export function createFiles(fs: Fs, root: string): Files {
  const temporary = join(root, 'documents', '.tmp')
  const known = new Set<string>()
  let written = 0

  /** Makes the directory and its parents up to the root, each 0700 whatever the umask, and makes them last. */
  async function ensureDir(dir: string): Promise<void> {
    if (known.has(dir)) return
    if (dir !== root) await ensureDir(dirname(dir))
    const made = await fs.mkdir(dir, { mode: 0o700 }).then(() => true, (error: unknown) => {
      if (errno(error) === 'EEXIST') return false
      throw error
    })
    if (made) await fs.chmod(dir, 0o700)
    if (dir !== root) await syncDir(dirname(dir)) // also if it was there: whoever made it may not have come this far
    if (known.size >= maxKnownDirs) known.clear()
    known.add(dir)
  }

  async function syncDir(dir: string): Promise<void> {
    if (process.platform === 'win32') return // a directory cannot be opened there, and needs no fsync
    const handle = await fs.open(dir, constants.O_RDONLY)
    try { await handle.sync() } finally { await handle.close() }
  }

  async function create(path: string, flags: number): Promise<promises.FileHandle> {
    await ensureDir(dirname(path))
    const handle = await fs.open(path, flags | constants.O_CREAT, 0o600)
    try {
      await handle.chmod(0o600)
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  return {
    fs,
    writesThrough: through !== 0,
    syncDir,
    async openLog(path, wanted) {
      try {
        return await fs.open(path, constants.O_RDWR | through)
      } catch (error) {
        if (errno(error) !== 'ENOENT') throw error
        if (!wanted) return undefined
      }
      return create(path, constants.O_RDWR | through)
    },
    async writeAtomic(path, text) {
      const part = join(temporary, `${process.pid}-${++written}`)
      const handle = await create(part, constants.O_WRONLY | constants.O_TRUNC)
      try {
        try {
          await handle.writeFile(text)
          await handle.datasync()
        } finally { await handle.close() }
        await ensureDir(dirname(path))
        await fs.rename(part, path)
      } catch (error) {
        await fs.unlink(part).catch(() => {}) // the write's own error says more; the next start clears the rest
        throw error
      }
      await syncDir(dirname(path))
    },
    async remove(path) {
      try {
        await fs.unlink(path)
      } catch (error) {
        if (errno(error) === 'ENOENT') return false
        throw error
      }
      await syncDir(dirname(path))
      return true
    },
    async appendSynced(path, bytes) {
      const handle = await create(path, constants.O_WRONLY | constants.O_APPEND)
      try {
        await handle.writeFile(bytes)
        await handle.datasync()
      } finally { await handle.close() }
      await syncDir(dirname(path))
    },
    async clearTemporary() {
      const names = await fs.readdir(temporary).catch((error: unknown) => {
        if (errno(error) === 'ENOENT') return []
        throw error
      })
      for (const name of names) await fs.unlink(join(temporary, name))
      return names.length
    },
  }
}
