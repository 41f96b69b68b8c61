/** Trees of a case, with every kind of file there is, and somebody who swaps a folder of them. */
import { spawnSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, mkdtempSync, openSync, closeSync, ftruncateSync, renameSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { lookupIn } from './lookup.ts'
import type { Input } from './schema.ts'
import type { Ability, Standing } from './schema-files.ts'
import type { Run, Seen } from './seen.ts'
import { filledIn } from './variables.ts'

/** The tree that nothing may reach, and the run's own folder in the workspace of `main`. */
export async function prepareTree(run: Run): Promise<void> {
  const { case: { setup: { tree } }, work } = run
  if (tree.length === 0) return
  const { box, outside } = { box: String(lookupIn(run)('folder')), outside: join(work, 'outside') }
  for (const dir of [box, join(outside, 'folder')]) mkdirSync(dir, { recursive: true, mode: 0o700 })
  writeFileSync(join(outside, 'secret.txt'), `secret-${run.marker}\n`)
  writeFileSync(join(outside, 'folder', 'inner.txt'), `secret-${run.marker}\n`)
  // One by one: a link may lead to what stands before it.
  for (const one of tree) await stand(run, filledIn(one, lookupIn(run)))
}

async function stand(run: Run, one: Standing): Promise<void> {
  const times = (run.full ? one.full : undefined) ?? one.times ?? 1
  for (let n = 0; n < times; n++) await put(run, times > 1 ? { ...one, path: one.path.replaceAll('#', String(n)) } : one)
  if (one.mode !== undefined) chmodSync(one.path, Number.parseInt(one.mode, 8))
}

async function put(run: Run, one: Standing): Promise<void> {
  const { path, type, to = '' } = one
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  switch (type) {
    case 'dir': return void mkdirSync(path, { recursive: true, mode: 0o700 })
    case 'symlink': return symlinkSync(to, path)
    case 'hardlink': return linkSync(to, path)
    case 'fifo': return did('mkfifo', [path])
    case 'device': return did('mknod', [path, 'c', ...to.split(' ')])
    case 'mount': return mount(run, path, to)
    case 'socket': return socket(path)
    default: return file(run, one)
  }
}

/** Nothing of it is held as a whole; with `size` the rest is a hole. */
function file(run: Run, { path, text = '', fill, size }: Standing): void {
  const fd = openSync(path, 'w', 0o600)
  try {
    writeSync(fd, text)
    const rounds = fill ? (run.full ? fill.full : undefined) ?? fill.times : 0
    const many = fill ? Buffer.from(fill.text.repeat(Math.ceil(65_536 / fill.text.length))) : Buffer.alloc(0)
    let left = rounds * Buffer.byteLength(fill?.text ?? '')
    for (; left > 0; left -= many.length) writeSync(fd, many, 0, Math.min(left, many.length))
    if (size !== undefined) ftruncateSync(fd, size)
  } finally {
    closeSync(fd)
  }
}

function mount(run: Run, path: string, to: string): void {
  mkdirSync(path, { recursive: true })
  did('mount', ['--bind', to, path])
  run.undo.push(() => void spawnSync('umount', ['-l', path]))
}

/** A server takes its socket along when it ends, unless it has another name by then. */
async function socket(path: string): Promise<void> {
  const server = createServer().listen(`${path}~`)
  await once(server, 'listening')
  renameSync(`${path}~`, path)
  server.close()
}

function did(command: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`)
}

/** Tried, not asked for: who is root in a container may be allowed neither. */
export function isAble(what: Ability): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'nexus-able-'))
  try {
    const [command, ...args] = what === 'device' ? ['mknod', join(dir, 'd'), 'c', '1', '5'] : ['mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', dir]
    return spawnSync(command!, args).status === 0
  } finally {
    spawnSync('umount', ['-l', dir])
    rmSync(dir, { recursive: true, force: true })
  }
}

/** A folder and a link, in turn, as fast as that goes. That nothing was swapped is an error. */
export async function swap(run: Run, { folder, to, ms, full }: Input<'swap'>): Promise<Seen> {
  const stop = new SharedArrayBuffer(8)
  const flag = new Int32Array(stop)
  const worker = new Worker(new URL('../../fixtures/workspace-swap.mjs', import.meta.url), { workerData: { folder, kept: `${folder}-kept`, target: to, stop } })
  const ended = once(worker, 'exit')
  await once(worker, 'online')
  await sleep((run.full ? full : undefined) ?? ms)
  Atomics.store(flag, 0, 1)
  await ended
  if (flag[1]! < 10) throw new Error(`the folder was swapped ${flag[1]} times`)
  return { verb: 'swap', at: performance.now() }
}
