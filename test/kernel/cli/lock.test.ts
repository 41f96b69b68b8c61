import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireLock, holderOf, readLock, type LockRecord } from '../../../kernel/cli/lock.ts'

let dir: string
let paths: { state: string; lock: string; socket: string }
const children: ChildProcess[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nexus-lock-'))
  paths = { state: dir, lock: join(dir, 'gateway.lock'), socket: join(dir, 'gateway.sock') }
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

/** What a process that has ended may have left behind; made from a real lock of this process. */
async function leftBehind(change: Partial<LockRecord> = {}): Promise<LockRecord> {
  const lock = await acquireLock(paths)
  const record = { ...readLock(paths.lock)!, ...change }
  lock.release()
  return record
}

async function racer(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'racer.ts'), [dir], { execArgv: ['--import', 'jiti/register'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  children.push(child)
  expect((await once(child, 'message'))[0]).toBe('up')
  return child
}
async function tell(child: ChildProcess, word: string): Promise<string> {
  const answer = once(child, 'message')
  child.send(word)
  return (await answer)[0] as string
}

test('the lock names its holder, is private whatever the umask, and is gone after release', async () => {
  const before = process.umask(0)
  const lock = await acquireLock(paths).finally(() => process.umask(before))
  const record = readLock(paths.lock)!
  expect(record).toMatchObject({ pid: process.pid, startedAt: expect.closeTo(Date.now(), -4) as number })
  expect(record.start).toMatch(/\S/)
  expect(statSync(paths.lock).mode & 0o777).toBe(0o600)
  lock.publish({ host: '127.0.0.1', port: 4711 })
  expect(readLock(paths.lock)).toEqual({ ...record, host: '127.0.0.1', port: 4711 })
  expect(await holderOf(record, paths.socket)).toBe('alive')
  lock.release()
  expect(readdirSync(dir)).toEqual([])
})

test('while its holder lives a second start is refused and changes nothing', async () => {
  const lock = await acquireLock(paths)
  const before = readFileSync(paths.lock, 'utf8')
  await expect(acquireLock(paths)).rejects.toMatchObject({ code: 'NEXUS_START_LOCKED', data: { pid: process.pid, dir } })
  expect(readFileSync(paths.lock, 'utf8')).toBe(before)
  expect(readdirSync(dir)).toEqual(['gateway.lock'])
  lock.release()
})

test.each([
  ['whose process has ended', { pid: 2 ** 22 + 1, start: '1' }],
  ['whose pid was given out again', { start: '1' }],
  ['of another boot', { boot: 'another' }],
] as const)('a lock %s is taken over', async (_, change) => {
  const stale = await leftBehind(change)
  writeFileSync(paths.lock, JSON.stringify(stale))
  expect(await holderOf(stale, paths.socket)).toBe('gone')
  const lock = await acquireLock(paths)
  expect(readLock(paths.lock)).toMatchObject({ pid: process.pid })
  expect(readdirSync(dir)).toEqual(['gateway.lock'])
  lock.release()
})

test('a lock of a process that was killed is taken over', async () => {
  const child = await racer()
  expect(await tell(child, 'go')).toBe('won')
  expect(await holderOf(readLock(paths.lock)!, paths.socket)).toBe('alive')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await holderOf(readLock(paths.lock)!, paths.socket)).toBe('gone')
  const lock = await acquireLock(paths)
  lock.release()
})

test.runIf(existsSync('/proc/self/stat'))('a process that has ended and was not waited for yet holds nothing', async () => {
  const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(parent)
  const pid = Number(String((await once(parent.stdout, 'data'))[0]))
  const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  await expect.poll(() => stat()[0]).toBe('Z')
  expect(await holderOf(await leftBehind({ pid, start: stat()[19]! }), paths.socket)).toBe('gone')
})

test('a damaged lock is nobody\'s', async () => {
  await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.constantFrom('', '{"pid":-1,"nonce":"x"}', '{"pid":1}', 'null')), async (text) => {
    writeFileSync(paths.lock, text)
    const lock = await acquireLock(paths)
    lock.release()
    expect(readdirSync(dir)).toEqual([])
  }), { numRuns: 60 })
})

test('a holder in another pid namespace is judged by its socket, never by its pid', async () => {
  const elsewhere = await leftBehind({ space: 'pid:[1]', startedAt: Date.now() - 60_000 })
  writeFileSync(paths.lock, JSON.stringify(elsewhere))
  const server = createServer().listen(paths.socket)
  await once(server, 'listening')
  expect(await holderOf(elsewhere, paths.socket)).toBe('away')
  await expect(acquireLock(paths)).rejects.toMatchObject({ code: 'NEXUS_START_LOCKED' })
  server.close()
  await once(server, 'close')
  expect(await holderOf(elsewhere, paths.socket)).toBe('gone')
  expect(await holderOf({ ...elsewhere, startedAt: Date.now() }, paths.socket)).toBe('away')
})

test('a lock that was replaced is neither published over nor released', async () => {
  const lock = await acquireLock(paths)
  const other = JSON.stringify({ ...readLock(paths.lock), nonce: 'other' })
  writeFileSync(paths.lock, other)
  expect(() => lock.publish({ host: '::1', port: 1 })).toThrow(expect.objectContaining({ code: 'NEXUS_START_LOCKED' }) as Error)
  lock.release()
  expect(readFileSync(paths.lock, 'utf8')).toBe(other)
})

test('a directory that cannot be written is said to be just that', async () => {
  writeFileSync(join(dir, 'file'), '')
  const below = join(dir, 'file', 'state')
  await expect(acquireLock({ state: below, lock: join(below, 'gateway.lock'), socket: '' })).rejects.toMatchObject({ code: 'NEXUS_START_STATE', exit: 73, data: { dir: below } })
  symlinkSync('/proc/self/nowhere', join(dir, 'loose'))
  chmodSync(dir, 0o700)
  await expect(acquireLock({ state: dir, lock: join(dir, 'loose', 'gateway.lock'), socket: '' })).rejects.toMatchObject({ code: 'NEXUS_START_STATE' })
})

test('of starters at the same instant exactly one wins, whatever they find', async () => {
  const racers = await Promise.all(Array.from({ length: 4 }, racer))
  const stale = JSON.stringify(await leftBehind({ start: '1' }))
  const found: readonly (readonly [string, string])[][] = [
    [], [['', stale]], [['', '']], [['', stale], ['.guard', stale]], [['', stale], ['.guard', stale], ['.guard.guard', stale]], [['.guard', stale]],
  ]
  for (let round = 0; round < 240; round++) {
    for (const [suffix, text] of found[round % found.length]!) writeFileSync(paths.lock + suffix, text)
    const answers = await Promise.all(racers.map((child) => tell(child, 'go')))
    expect(answers.filter((answer) => answer !== 'lost'), `round ${round}: ${answers}`).toEqual(['won'])
    expect(readLock(paths.lock)!.pid).toBe(racers[answers.indexOf('won')]!.pid)
    await Promise.all(racers.map((child) => tell(child, 'drop')))
    expect(existsSync(paths.lock)).toBe(false)
  }
})

test('a starter that is killed at any instant does not stop the next one', async () => {
  const stale = JSON.stringify(await leftBehind({ start: '1' }))
  for (let round = 0; round < 12; round++) {
    writeFileSync(paths.lock, stale)
    const child = await racer()
    child.send('go')
    await new Promise((resolve) => { setTimeout(resolve, round / 4) })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const lock = await acquireLock(paths)
    expect(readLock(paths.lock)!.pid).toBe(process.pid)
    lock.release()
  }
})
