/** bubblewrap around a process: its own view of the file system, no network, no sight of other processes. */
import { spawn } from 'node:child_process'
import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import type { Grants } from './grants.ts'

const alone = ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--die-with-parent', '--new-session', '--proc', '/proc', '--dev', '/dev']

/** Why it cannot be used here; nothing if it can. It may be installed and still be refused by the kernel. */
export function probeBwrap(): Promise<string | undefined> {
  if (process.platform !== 'linux') return Promise.resolve('is for Linux only')
  return new Promise((resolve) => {
    const child = spawn(program(), ['--ro-bind', '/', '/', '--unshare-net', ...alone, 'true'], { stdio: 'ignore', timeout: 5_000 })
    child.once('error', () => resolve('is not installed'))
    child.once('exit', (code) => resolve(code === 0 ? undefined : 'is not allowed to make namespaces here'))
  })
}

/** By its whole path: the process that starts it has no PATH. */
function program(): string {
  const places = (process.env['PATH'] ?? '').split(delimiter).filter((dir) => isAbsolute(dir)).map((dir) => join(dir, 'bwrap'))
  return places.find((place) => existsSync(place)) ?? '/usr/bin/bwrap'
}

/** System folders without which no program starts, as they are here: folders, or links into `/usr`. */
const system = ['/usr', '/lib', '/lib64', '/lib32', '/bin', '/sbin', '/nix/store']
/** What it takes to look a name up and to check a certificate. */
const forNet = ['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf', '/etc/host.conf', '/etc/services', '/etc/ssl', '/etc/pki', '/etc/ca-certificates', '/run/systemd/resolve']
const forAll = ['/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/localtime', '/etc/alternatives']

/** Descriptor 4 tells the number of the process inside. */
export function bwrapArguments(grants: Grants, { read, linked }: { readonly read: readonly string[]; readonly linked: readonly (readonly [real: string, at: string])[] }, cwd: string): string[] {
  const net = grants.net.length > 0
  const shared = [...(net ? ['--share-net'] : ['--unshare-net']), ...alone, '--json-status-fd', '4', '--chdir', cwd]
  // Whoever may start any program may do with files what programs do.
  if (grants.run) return [program(), '--dev-bind', '/', '/', ...shared]
  const readable = [dirname(process.execPath), ...forAll, ...(net ? forNet : []), ...read, ...grants.read]
  return [
    program(), ...system.flatMap(asItIs), '--tmpfs', '/tmp',
    ...[...new Set(readable)].filter((path) => !path.startsWith('/usr/')).flatMap((path) => ['--ro-bind-try', path, path]),
    ...linked.flatMap(([real, at]) => ['--ro-bind', real, at]),
    ...grants.write.flatMap((path) => ['--bind-try', path, path]),
    ...shared,
  ]
}

function asItIs(path: string): string[] {
  if (!existsSync(path)) return []
  return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path]
}
