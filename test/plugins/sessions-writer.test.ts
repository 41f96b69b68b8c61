/** One process writes the sessions of a state directory, and says who when it is another. */
import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { fakeClock } from '../../sdk/testing/clock.ts'
import { Sessions } from '../../plugins/sessions/contract.ts'
import sessions from '../../plugins/sessions/index.ts'
import { becomeWriter, guarded, type Writing } from '../../plugins/sessions/writer.ts'
import { Store, type StoreApi } from '../../plugins/store/contract.ts'
import { recordingLog, storeOn, temporaryDir } from './store-harness.ts'
import { asked, cause, user } from './sessions-harness.ts'

const clock = fakeClock()
const here = { host: 'here', pid: 10 }
const there = { host: 'there', pid: 20 }
const store = async (dir: string): Promise<StoreApi> => storeOn(dir, { clock })

async function become(dir: string, self: { host: string; pid: number }, living: readonly number[] = [], log = recordingLog()): Promise<Writing> {
  return becomeWriter({ store: await store(dir), clock, log, self, isAlive: (pid) => living.includes(pid) })
}
/** Lets time pass for who waits. */
async function passing<T>(work: Promise<T>, ms: number): Promise<T> {
  let over = false
  const done = work.finally(() => { over = true })
  done.catch(() => {})
  for (let passed = 0; passed < ms && !over; passed += 500) {
    await new Promise((resolve) => { setTimeout(resolve, 10) })
    await clock.advance(500)
  }
  return done
}

describe('who writes', () => {
  test('is one: another is refused, and told which process it is', async () => {
    const dir = await temporaryDir()
    const first = await become(dir, here)
    let done = false
    const keeping = (async () => { while (!done) { await new Promise((resolve) => { setTimeout(resolve, 5) }); await first.check() } })()
    const error = await passing(become(dir, there), 60_000).catch((e: unknown) => e as Error & { code: string })
    done = true
    await keeping
    expect(error).toMatchObject({ code: 'NEXUS_SESSIONS_TAKEN', retryable: true, message: expect.stringContaining('process 10 on here') as string })
    first.allowed()
    await first.release()
    ;(await become(dir, there)).allowed()
  })

  test('follows at once where it is known that the one before has ended, and within 8 s where it is not', async () => {
    const dir = await temporaryDir()
    await become(dir, here)
    const second = await become(dir, { host: 'here', pid: 11 }) // 10 has ended
    const third = await become(dir, { host: 'here', pid: 11 }, [11]) // a former life of its own
    await second.check()
    expect(() => second.allowed()).toThrow(expect.objectContaining({ code: 'NEXUS_SESSIONS_TAKEN' }))
    third.allowed()
    const fourth = await passing(become(dir, there), 60_000)
    fourth.allowed()
  })

  test('that slept too long goes on if nobody came, and stops if somebody did', async () => {
    const dir = await temporaryDir()
    const log = recordingLog()
    const first = await become(dir, here, [], log)
    await clock.advance(60_000)
    await first.check()
    first.allowed()
    await clock.advance(60_000)
    const second = await passing(become(dir, there), 60_000)
    await first.check()
    expect(() => first.allowed()).toThrow(expect.objectContaining({ code: 'NEXUS_SESSIONS_TAKEN', message: expect.stringContaining('process 20 on there') as string }))
    expect(log.lines).toMatchObject([{ level: 'error', fields: { by: 'process 20 on there' } }])
    await first.release() // takes nothing from the other
    await second.check()
    second.allowed()
  })
})

test('nobody who has been followed writes before it has looked again', async () => {
  const dir = await temporaryDir()
  const first = await become(dir, here)
  const shared = await store(dir)
  const mine = guarded(shared, () => first.allowed())
  await mine.log('sessions/main/x').append('before')
  await clock.advance(60_000) // it slept
  await passing(become(dir, there), 60_000)
  const taken = expect.objectContaining({ code: 'NEXUS_SESSIONS_TAKEN' }) as unknown
  for (const write of [() => mine.log('sessions/main/x').append('after'), () => mine.log('sessions/main/x').remove(), () => mine.documents('sessions').put('k', 1), () => mine.documents('sessions').delete('writer')]) await expect(write()).rejects.toEqual(taken)
  expect(await shared.log('sessions/main/x').size()).toBe(7)
  expect(await mine.documents('sessions').get('k')).toBeUndefined()
})

test('whoever writes writes nothing to keep its place; one that stops as it should is followed at once from anywhere', async () => {
  const dir = await temporaryDir()
  const first = await become(dir, here)
  const revision = async () => (await (await store(dir)).documents('sessions').get('writer'))?.revision
  const before = await revision()
  for (let i = 0; i < 10; i++) {
    await clock.advance(2_000)
    await first.check()
    await first.allowed()
  }
  expect(await revision()).toBe(before)
  await first.release()
  await (await become(dir, there)).allowed()
})

test('of two who want the place of one that is gone, one has it', async () => {
  const dir = await temporaryDir()
  await become(dir, here)
  const shared = await store(dir)
  const wanting = [there, { host: 'elsewhere', pid: 30 }].map((self) => becomeWriter({ store: shared, clock, log: recordingLog(), self, isAlive: () => false }))
  const [one, other] = await passing(Promise.allSettled(wanting), 60_000)
  expect([one!.status, other!.status].sort()).toEqual(['fulfilled', 'rejected'])
  expect(((one!.status === 'rejected' ? one : other) as PromiseRejectedResult).reason).toMatchObject({ code: 'NEXUS_SESSIONS_TAKEN' })
})

test('the plugin that is no longer the writer reads, and writes nothing', async () => {
  const dir = await temporaryDir()
  const shared = await storeOn(dir)
  const k = await testKernel({ plugins: [sessions], provide: [[Store, shared]], config: { sessions: { retention: { archiveBytes: 1 } } } })
  onTestFinished(() => k.close())
  const service = await k.service(Sessions)
  await service.append('main', [asked('one')])
  await service.accept('main', { runId: 'r1', message: user('q'), cause: cause() })
  await service.append('old', [asked('x')])
  await service.reset('old', { reason: 'new' })
  await service.append('main', [asked('two')]) // its place in the list is not written yet
  const { size } = await stat(join(dir, 'sessions/_activity/0.jsonl'))
  const documents = shared.documents<object>('sessions')
  await documents.put('writer', { ...(await documents.get('writer'))!.value, id: 'another', host: 'elsewhere', pid: 7 })
  await k.clock.advance(5000)
  await expect.poll(() => k.logs.some(({ level, message }) => level === 'error' && message.includes('another process writes'))).toBe(true)
  const taken = expect.objectContaining({ code: 'NEXUS_SESSIONS_TAKEN', message: expect.stringContaining('process 7 on elsewhere') as string }) as unknown
  await expect(service.append('main', [asked('two')])).rejects.toEqual(taken)
  await expect(service.accept('main', { message: user('q'), cause: cause() })).rejects.toEqual(taken)
  await expect(service.open('new')).rejects.toEqual(taken)
  for (const change of [() => service.patch('main', { model: 'x' }), () => service.reset('main', { reason: 'new' }), () => service.remove('old')]) await expect(change()).rejects.toEqual(taken)
  await expect(k.call('sessions.import', { key: 'x', sessionId: 's', piece: 0, lines: ['{"type":"session"}'] })).rejects.toEqual(taken)
  await expect(service.startRun('r1')).rejects.toEqual(taken)
  await expect(service.endRun('r1', { status: 'ok' })).rejects.toEqual(taken)
  await k.clock.advance(2.5 * 3_600_000) // retention would delete what was archived
  await k.settled()
  expect(await service.archived('old', (await service.archives('old'))[0]!.sessionId)).toHaveLength(1)
  await k.close()
  expect((await stat(join(dir, 'sessions/_activity/0.jsonl'))).size).toBe(size)
  expect(k.logs.filter(({ message }) => message.includes('interval') || message.includes('disposer'))).toEqual([])
})

test('a process that runs keeps others out until it has ended, however it ends', async () => {
  const dir = await temporaryDir()
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const ended = new Promise((resolve) => { child.once('exit', resolve) })
  const machine = hostname()
  const first = await become(dir, { host: machine, pid: child.pid! })
  const real = { store: await store(dir), clock, log: recordingLog() }
  let done = false
  const keeping = (async () => { while (!done) { await first.check(); await new Promise((resolve) => { setTimeout(resolve, 5) }) } })()
  await expect(passing(becomeWriter(real), 60_000)).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_TAKEN', message: expect.stringContaining(`process ${child.pid} on ${machine}`) as string })
  done = true
  await keeping
  child.kill('SIGKILL')
  await ended
  ;(await becomeWriter(real)).allowed()
})
