/** A folder that is complete: nobody else's to read, on the disk, and every file known by its hash. */
import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { syncTree } from './disk.ts'
import { listFiles, type FileList } from './hashes.ts'

export async function sealed(folder: string): Promise<FileList> {
  await closeTo(folder)
  await syncTree(folder)
  return listFiles(folder)
}

/** npm gives its files the modes that the umask leaves. */
async function closeTo(dir: string): Promise<void> {
  await chmod(dir, 0o700)
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) await closeTo(path)
    else await chmod(path, (await stat(path)).mode & 0o100 ? 0o700 : 0o600)
  }
}
