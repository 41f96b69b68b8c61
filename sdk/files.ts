/**
 * A new file for its owner's eyes alone, 0600 whatever the umask, and on disk when it resolves. Rejects with the
 * system's error, EEXIST if there is one. Give it a draft's name and rename that: then the file is there whole or not at all.
 */
export async function createPrivate(file: string, content: string | Uint8Array): Promise<void> {
  // Contracts import this module too, and run in browsers.
  const { open } = await import('node:fs/promises')
  const handle = await open(file, 'wx', 0o600)
  try {
    // The mode given to open() has passed the umask.
    await handle.chmod(0o600)
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
