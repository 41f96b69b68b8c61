import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogLine } from '../../plugins/store/contract.ts'
import { fileName, isShortened, keyOf } from '../../plugins/store/names.ts'
import type { OpenStore } from '../../plugins/store/store.ts'
import { storeConformance } from './store-conformance.ts'
import { recordingLog, storeOn, temporaryDir, emptyStore } from './store-harness.ts'

storeConformance('file store', emptyStore)

const code = (expected: string) => expect.objectContaining({ code: expected })
const texts = async (lines: AsyncIterable<LogLine>): Promise<string[]> => {
  const all: string[] = []
  for await (const line of lines) all.push(line.text)
  return all
}

describe('what is on disk', () => {
  test('a log is plain JSONL, a document is JSON that names its key', async () => {
    const dir = await temporaryDir()
    const store = await storeOn(dir)
    await store.log('sessions/main/one').append(['{"type":"session"}', '{"a":1}'])
    const revision = await store.documents('sessions/main').put('agent:main:main', { id: 'x' })
    expect(await readFile(join(dir, 'sessions/main/one.jsonl'), 'utf8')).toBe('{"type":"session"}\n{"a":1}\n')
    expect(JSON.parse(await readFile(join(dir, 'documents/sessions/main/agent%3Amain%3Amain.json'), 'utf8'))).toEqual({ key: 'agent:main:main', revision, value: { id: 'x' } })
  })

  test.skipIf(process.platform === 'win32').each([0o000, 0o022, 0o777])('files are 0600 and directories 0700 under umask %o', async (mask) => {
    const dir = join(await temporaryDir(), 'state')
    const store = await storeOn(dir)
    const old = process.umask(mask)
    try {
      await store.documents('a/b').put('k', 1)
      await store.log('c/d').append('line')
      await (await store.lease('l', { ttlMs: 1000 })).renew()
    } finally { process.umask(old) }
    const entries = await readdir(dir, { recursive: true, withFileTypes: true })
    expect(entries.length).toBeGreaterThan(8)
    for (const entry of entries) {
      const mode = (await stat(join(entry.parentPath, entry.name))).mode & 0o777
      expect([entry.name, mode.toString(8)]).toEqual([entry.name, entry.isDirectory() ? '700' : '600'])
    }
  })

  test('asking writes nothing', async () => {
    const dir = await temporaryDir()
    const store = await storeOn(dir)
    await store.documents('a').get('k')
    await store.documents('a').delete('k')
    await store.log('b').size()
    await store.log('b').remove()
    expect(await readdir(dir)).toEqual([])
  })

  test('half-written temporary files are cleared at the next start, and said so', async () => {
    const dir = await temporaryDir()
    await mkdir(join(dir, 'documents/.tmp'), { recursive: true })
    await writeFile(join(dir, 'documents/.tmp/1-1'), '{"key":"k","rev')
    const log = recordingLog()
    const store = await storeOn(dir, { log })
    expect(await readdir(join(dir, 'documents/.tmp'))).toEqual([])
    expect(log.lines).toMatchObject([{ level: 'info', fields: { files: 1 } }])
    expect(await store.documents('tmp').keys()).toEqual([])
  })

  test('a file name gives back its key, on a file system that ignores case too', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), (key) => {
      const name = fileName(key)
      expect(name).toMatch(/^[a-z0-9_%-][A-Za-z0-9._%~-]*$/)
      expect(name).not.toMatch(/\.$/)
      expect(name.replace(/%[0-9A-F]{2}/g, '')).toBe(name.replace(/%[0-9A-F]{2}/g, '').toLowerCase())
      expect(`${name}.json.torn`.length).toBeLessThan(255)
      expect(isShortened(name) || keyOf(name) === key).toBe(true)
    }))
  })

  test('a file in a collection that is not a document is no key', async () => {
    const dir = await temporaryDir()
    const store = await storeOn(dir)
    await store.documents('a').put('k', 1)
    await writeFile(join(dir, 'documents/a/README.txt'), 'hello')
    await writeFile(join(dir, 'documents/a/%zz.json'), 'hello')
    expect(await store.documents('a').keys()).toEqual(['k'])
  })
})

describe('damage from outside', () => {
  test.each(['', '{', 'null', '[]', '{"key":"k","revision":1}', '{"key":"k","revision":"1","value":1}'])('a document that holds %j is reported, never taken for missing', async (content) => {
    const dir = await temporaryDir()
    const store = await storeOn(dir)
    const things = store.documents('things')
    await things.put('k', 1)
    await writeFile(join(dir, 'documents/things/k.json'), content)
    await expect(things.get('k')).rejects.toEqual(code('NEXUS_STORE_DAMAGED'))
    await expect(things.put('k', 2, { revision: 0 })).rejects.toEqual(code('NEXUS_STORE_DAMAGED'))
    await things.put('k', 2)
    expect((await things.get('k'))?.value).toBe(2)
  })

  test('revisions go on growing when store.json is lost or damaged', async () => {
    const dir = await temporaryDir()
    let last = await (await storeOn(dir)).documents('a').put('k', 0)
    for (const damage of ['', 'x', '{"layout":1}', '{"layout":1,"reserved":"9"}']) {
      await writeFile(join(dir, 'store.json'), damage)
      const revision = await (await storeOn(dir, { clock: { now: () => Date.now() } })).documents('a').put('k', 0)
      expect(revision).toBeGreaterThan(last)
      last = revision
    }
  })

  test('state of a newer layout is refused', async () => {
    const dir = await temporaryDir()
    await writeFile(join(dir, 'store.json'), '{"layout":2,"reserved":1}')
    await expect(storeOn(dir)).rejects.toEqual(code('NEXUS_STORE_LAYOUT'))
  })

  test('what cannot be read is an error, not an empty log or a missing document', async () => {
    const dir = await temporaryDir()
    const store = await storeOn(dir)
    await mkdir(join(dir, 'l.jsonl'))
    await mkdir(join(dir, 'documents/a/k.json'), { recursive: true })
    await writeFile(join(dir, 'documents/b'), '')
    await expect(store.log('l').size()).rejects.toEqual(code('NEXUS_STORE_READ'))
    await expect(store.log('l').lastLines(1)).rejects.toEqual(code('NEXUS_STORE_READ'))
    await expect(store.documents('a').get('k')).rejects.toEqual(code('NEXUS_STORE_READ'))
    await expect(store.documents('b').keys()).rejects.toEqual(code('NEXUS_STORE_READ'))
  })
})

describe('bounds', () => {
  test('appends and writes beyond the pending bound are refused at once, retryable, and the rest is kept', async () => {
    const store = await storeOn(await temporaryDir(), { limits: { maxPendingBytes: 1000 } })
    const log = store.log('l')
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => log.append(`${i}`.padStart(99, '0'))))
    expect(results.map((r) => r.status)).toEqual([...Array(10).fill('fulfilled'), ...Array(10).fill('rejected')])
    expect((results[10] as PromiseRejectedResult).reason).toMatchObject({ code: 'NEXUS_STORE_BUSY', retryable: true })
    const [first, second] = await Promise.allSettled([store.documents('a').put('k', 'x'.repeat(900)), store.documents('a').put('l', 'x'.repeat(900))])
    expect([first?.status, second?.status]).toEqual(['fulfilled', 'rejected'])
    await log.append('x'.repeat(5000))
    expect(await texts(log.read())).toHaveLength(11)
  })

  test('no more log files stay open than the bound, and each goes on where it was', async () => {
    const store = await storeOn(await temporaryDir(), { limits: { maxOpenLogs: 3 } })
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 10; i++) await store.log(`l${i}`).append(`${round}`)
      expect(store.metrics()).toMatchObject({ openLogs: 3, maxOpenLogs: 3 })
    }
    await Promise.all(Array.from({ length: 10 }, (_, i) => store.log(`l${i}`).append('3')))
    for (let i = 0; i < 10; i++) expect(await texts(store.log(`l${i}`).read())).toEqual(['0', '1', '2', '3'])
  })

  test('a reader that is in the middle of a log is not disturbed by others being opened', async () => {
    const store = await storeOn(await temporaryDir(), { limits: { maxOpenLogs: 1 } })
    await store.log('long').append(Array.from({ length: 5000 }, (_, i) => `${i} ${'x'.repeat(50)}`))
    let seen = 0
    for await (const line of store.log('long').read()) {
      if (seen % 1000 === 0) await store.log(`other${seen}`).append('x')
      expect(line.text.startsWith(`${seen++} `)).toBe(true)
    }
    expect(seen).toBe(5000)
    await store.log('last').append('x')
    expect(store.metrics().openLogs).toBe(1)
  })

  test('appends that wait together share one fsync', async () => {
    const store = await storeOn(await temporaryDir())
    await Promise.all(Array.from({ length: 400 }, (_, i) => store.log('l').append(`${i}`)))
    const { commits, appends } = store.metrics()
    expect(appends).toBe(400)
    expect(commits).toBeLessThan(10)
  })
})

describe('closing', () => {
  const work: [string, (store: OpenStore) => Promise<unknown>][] = [
    ['append', (store) => store.log('l').append('x')],
    ['log read', (store) => store.log('l').size()],
    ['put', (store) => store.documents('a').put('k', 1)],
    ['delete', (store) => store.documents('a').delete('k')],
    ['lease', (store) => store.lease('x', { ttlMs: 1 })],
  ]
  test.each(work)('%s after close is refused', async (_, run) => {
    const store = await storeOn(await temporaryDir())
    await store.close()
    await expect(run(store)).rejects.toMatchObject({ code: 'NEXUS_STORE_CLOSED', retryable: true })
  })

  test('what was under way is finished before close resolves', async () => {
    const dir = await temporaryDir()
    const store = await storeOn(dir)
    const done: string[] = []
    void store.log('l').append('x').then(() => done.push('append'))
    void store.documents('a').put('k', 1).then(() => done.push('put'))
    await store.close()
    expect(done.sort()).toEqual(['append', 'put'])
    await store.close()
    const again = await storeOn(dir)
    expect([await texts(again.log('l').read()), (await again.documents('a').get('k'))?.value]).toEqual([['x'], 1])
  })
})
