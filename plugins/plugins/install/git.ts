/** The files of a git repository, without anything of it being run. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Programs } from './programs.ts'

/** No hooks, no programs that a repository could name, and no transports beyond those that a spec may ask for. */
const safe = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'core.symlinks=false', '-c', 'protocol.allow=never', '-c', 'protocol.https.allow=always', '-c', 'protocol.ssh.allow=always', '-c', 'protocol.file.allow=always', '-c', 'init.defaultBranch=main', '-c', 'advice.detachedHead=false']

/** Puts the files of `ref`, by default of the main branch, into `dir`, which must not exist. */
export async function checkout({ url, ref = 'HEAD' }: { readonly url: string; readonly ref: string | undefined }, dir: string, programs: Programs, signal: AbortSignal): Promise<void> {
  await mkdir(dir, { mode: 0o700 })
  const git = (...args: string[]): Promise<string> => programs.run('git', [...safe, ...args], { cwd: dir, signal })
  await git('init', '--quiet', '--template=')
  // Not every server gives a single commit; then its branches and tags are fetched whole.
  const found = await git('fetch', '--quiet', '--depth=1', '--no-tags', '--', url, ref).then(() => 'FETCH_HEAD', () => undefined)
  if (found === undefined) await git('fetch', '--quiet', '--', url, '+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*')
  await git('checkout', '--quiet', '--detach', found ?? (/^[0-9a-f]{7,64}$/.test(ref) ? ref : `origin/${ref}`), '--')
  await rm(join(dir, '.git'), { recursive: true, force: true })
}
