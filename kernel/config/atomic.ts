/** Private files that are, at every instant and after any crash, the old or the new one, whole. */
import { createHash, randomUUID } from 'node:crypto'
import * as promises from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The part of `node:fs/promises` that is used here; tests give one that fails. */
export type Fs = Pick<typeof promises, 'chmod' | 'lstat' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'readlink' | 'realpath' | 'rename' | 'unlink'>
export const realFs: Fs = promises

/** What will take the place of a file: beside it, so that renaming is enough. */
export interface Draft {
  /** Writes and closes it; with `durable` (the default) it is on the disk then. */
  write(bytes: Uint8Array, how?: { readonly durable?: boolean; readonly owner?: Owner | undefined }): Promise<void>
  /** It becomes the file. Fails with ENOENT if another draft of the same file was opened after this one. */
  commit(): Promise<void>
  drop(): Promise<void>
}
export interface Owner { readonly uid: number; readonly gid: number }

const suffix = '.tmp'
export const isDraft = (name: string): boolean => name.startsWith('.') && name.endsWith(suffix)

/** SHA-256, hex. */
export const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The system's own code, such as ENOSPC. */
export const errno = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code

/**
 * Opens an empty draft and removes every other one of this file: those that a crash left, and those of writers that
 * are not done. Whoever compares the file with something after opening and commits, commits to what was compared:
 * of two such writers the later one to open has either seen the file of the earlier one or removed its draft.
 */
export async function openDraft(file: string, fs: Fs): Promise<Draft> {
  const dir = dirname(file)
  const before = `.${basename(file)}.`
  const own = before + randomUUID() + suffix
  const path = join(dir, own)
  const handle = await createPrivate(path, fs)
  const draft: Draft = {
    async write(bytes, { durable = true, owner } = {}) {
      // The file of another user, rewritten by root, must stay readable to its user.
      if (owner && process.getuid?.() === 0) await handle.chown(owner.uid, owner.gid)
      await handle.writeFile(bytes)
      if (durable) await handle.sync()
      await handle.close()
    },
    commit: () => fs.rename(path, file),
    async drop() {
      // The error that led here says more than one of cleaning up; the next draft removes what is left.
      await handle.close().catch(() => {})
      await fs.unlink(path).catch(() => {})
    },
  }
  try {
    // Of the same length: those of `<file>.rejected` begin like this, too.
    const others = (await fs.readdir(dir)).filter((name) => name.startsWith(before) && isDraft(name) && name.length === own.length && name !== own)
    for (const name of others) await removeFile(join(dir, name), fs)
    return draft
  } catch (error) {
    await draft.drop()
    throw error
  }
}

/** Gives `file` this content. Without `durable` a power cut, though no crash of a process, may leave it empty. */
export async function replaceFile(file: string, bytes: Uint8Array, { fs = realFs, durable = true }: { readonly fs?: Fs; readonly durable?: boolean } = {}): Promise<void> {
  const draft = await openDraft(file, fs)
  try {
    await draft.write(bytes, { durable })
    await draft.commit()
  } catch (error) {
    await draft.drop()
    throw error
  }
  if (durable) await syncDir(dirname(file), fs)
}

/** A new file, 0600 whatever the umask; EEXIST if there is one. */
export async function createPrivate(path: string, fs: Fs): Promise<promises.FileHandle> {
  const handle = await fs.open(path, 'wx', 0o600)
  try {
    await handle.chmod(0o600)
    return handle
  } catch (error) {
    await handle.close()
    await fs.unlink(path).catch(() => {}) // the first error says more
    throw error
  }
}

/** Makes `dir` and what is missing above it, each 0700 whatever the umask. */
export async function ensureDir(dir: string, fs: Fs): Promise<void> {
  try {
    await fs.mkdir(dir, { mode: 0o700 })
  } catch (error) {
    if (errno(error) === 'EEXIST') return
    if (errno(error) !== 'ENOENT' || dirname(dir) === dir) throw error
    await ensureDir(dirname(dir), fs)
    return ensureDir(dir, fs)
  }
  await fs.chmod(dir, 0o700)
  await syncDir(dirname(dir), fs)
}

/** Makes what was made, renamed and removed in `dir` last. */
export async function syncDir(dir: string, fs: Fs): Promise<void> {
  if (process.platform === 'win32') return // a directory cannot be opened there, and needs no fsync
  const handle = await fs.open(dir, 'r')
  try { await handle.sync() } finally { await handle.close() }
}

export async function removeFile(path: string, fs: Fs): Promise<void> {
  await fs.unlink(path).catch((error: unknown) => {
    if (errno(error) !== 'ENOENT') throw error
  })
}
