/** What the reference system wrote opens here, is listed, previewed and continued, word for word; and each session comes over whole or not at all. */
import { appendFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import cli from '../../plugins/sessions/cli.ts'
import { Sessions } from '../../plugins/sessions/contract.ts'
import { linesOf, piecesOf } from '../../plugins/sessions/folder.ts'
import sessions from '../../plugins/sessions/index.ts'
import { Store } from '../../plugins/store/contract.ts'
import store from '../../plugins/store/index.ts'
import { temporaryDir } from './store-harness.ts'
import { asked, cause, said, textsOf, user } from './sessions-harness.ts'

const fixture = join(import.meta.dirname, '..', 'fixtures', 'sessions', 'openclaw')
const folder = join(fixture, 'agents', 'main', 'sessions')
const main = '0b9f6f3c-5f0e-4c1c-9d3a-6c1f0f1f7a01'
const topic = 'agent:main:telegram:group:-100123:thread:42'

async function kernelOn(dir?: string, clock: 'fake' | 'real' = 'fake'): Promise<TestKernel & { dir: string }> {
  const stateDir = dir ?? await temporaryDir()
  const k = await testKernel({ plugins: [store, sessions], stateDir, clock })
  onTestFinished(() => k.close())
  return Object.assign(k, { dir: stateDir })
}
interface Report { folders: string[]; sessions: { key: string; status: string; lines?: number; reason?: string }[]; unusable: number; left: number }
async function imported(k: TestKernel, line: string): Promise<{ code: number; report: Report }> {
  const { code, json } = await k.cli(cli, `sessions import ${line} --json`)
  return { code, report: json[0] as Report }
}
const statuses = ({ sessions: all }: Report) => Object.fromEntries(all.map(({ key, status }) => [key, status]))
async function copy(): Promise<string> {
  const dir = await temporaryDir()
  await cp(folder, dir, { recursive: true })
  return dir
}

describe('a folder of the reference', () => {
  test('opens, is listed, previewed and continued', async () => {
    const k = await kernelOn(undefined, 'real')
    const { code, report } = await imported(k, fixture)
    expect(statuses(report)).toEqual({ 'agent:main:main': 'imported', [topic]: 'imported', 'agent:main:cron:nightly': 'imported', 'agent:main:telegram:direct:7': 'failed' })
    expect(report).toMatchObject({ folders: [folder], unusable: 1, left: 1 })
    expect(report.sessions.find(({ status }) => status === 'failed')?.reason).toBe('its transcript is not there')
    expect(code).toBe(1)

    const service = await k.service(Sessions)
    expect(await service.find('main')).toMatchObject({ id: main, createdAt: Date.parse('2026-02-20T10:00:00Z'), updatedAt: 1771581614000, settings: { label: 'Home', thinking: 'low', verbose: 'on', model: 'anthropic/claude-opus-4-6' } })
    expect(await service.settings(topic)).toEqual({ groupActivation: 'always', sendPolicy: 'deny' })
    const { sessions: rows } = await k.call('sessions.list', { includeDerivedTitles: true, includeLastMessage: true }) as { sessions: { key: string; derivedTitle?: string; lastMessagePreview?: string; thinkingLevel?: string }[] }
    expect(rows.map((row) => row.key)).toEqual(['agent:main:main', topic, 'agent:main:cron:nightly'])
    expect(rows[0]).toMatchObject({ derivedTitle: '[Fri 2026-02-20 10:00 UTC] What is in my notes?', lastMessagePreview: 'You are welcome.', thinkingLevel: 'low' })
    expect((await service.preview(['main'], { limit: 3 }))[0]?.items.map((item) => item.text)).toEqual(['Milk and eggs – für morgen 🥚.', 'Thanks', 'You are welcome.'])

    const history = await service.history('main')
    expect(history.map(({ role }) => role)).toEqual(['user', 'assistant', 'toolResult', 'assistant', 'user', 'assistant'])
    expect(history[1]).toMatchObject({ content: [{ type: 'thinking', signature: 'c2lnbmF0dXJl' }, { type: 'toolCall', id: 'toolu_01', arguments: { path: 'notes.md' } }], usage: { totalTokens: 180 } })
    expect((await service.entries('main')).map((e) => e.type)).toEqual(['model_change', 'thinking_level_change', 'custom', 'message', 'message', 'message', 'message', 'custom', 'custom_message', 'compaction', 'branch_summary', 'session_info', 'message', 'message'])
    expect(textsOf(await service.history('cron:nightly'))).toEqual(['nightly'])
    expect(service.metrics().damagedLines).toBe(0)

    const [next] = await service.append('main', [asked('and now?')])
    expect(next?.parentId).toBe('8f90a1b2')
    const before = await readFile(join(folder, `${main}.jsonl`), 'utf8')
    const after = await readFile(join(k.dir, 'sessions/main', `${main}.jsonl`), 'utf8')
    expect(after.startsWith(before)).toBe(true)
    expect(after.slice(before.length).split('\n')).toHaveLength(2)
  })

  test('goes on where it stopped, however long ago that was; the reset rules count from the import', async () => {
    const k = await kernelOn()
    await imported(k, folder)
    const service = await k.service(Sessions)
    await service.patch('main', { model: 'x' })
    const turn = async (): Promise<number> => {
      const { runId } = await service.accept('main', { message: user('and now?'), cause: cause() })
      await service.endRun(runId, { status: 'ok' })
      return (await service.history('main')).length
    }
    expect(await turn()).toBe(7)
    await k.clock.advance(2 * 86_400_000)
    expect(await turn()).toBe(1)
  })

  test('a second import changes nothing, whatever was said since; a session of the key\'s own stays unless it is to be replaced', async () => {
    const k = await kernelOn()
    const service = await k.service(Sessions)
    await service.append('main', [said('mine')])
    await service.open(topic) // nothing said: no reason to keep it
    const own = (await service.find('main'))!.id
    expect(statuses((await imported(k, folder)).report)).toMatchObject({ 'agent:main:main': 'other', [topic]: 'imported' })
    expect(textsOf(await service.history('main'))).toEqual(['mine'])
    expect(statuses((await imported(k, `${folder} --replace`)).report)).toMatchObject({ 'agent:main:main': 'imported', [topic]: 'same' })
    expect(await service.archives('main')).toMatchObject([{ sessionId: own, reason: 'replaced' }])
    await service.append('main', [asked('more')])
    await service.reset(topic, { reason: 'new' })
    for (const options of ['', ' --replace']) expect(statuses((await imported(k, `${folder}${options}`)).report)).toMatchObject({ 'agent:main:main': 'same', [topic]: 'same' })
    expect(await service.history('main')).toHaveLength(7)
  })

  test('--dry-run says what would come and changes nothing; the text names what is left', async () => {
    const k = await kernelOn()
    const { stdout, code } = await k.cli(cli, `sessions import ${fixture} --dry-run`)
    expect(stdout).toContain('3 of 4 sessions would be imported')
    expect(stdout).toContain('1 transcripts that no session leads to')
    expect(code).toBe(1)
    expect((await (await k.service(Sessions)).list()).total).toBe(0)
  })

  test('a bare key is the agent\'s that is named, or the folder\'s', async () => {
    const k = await kernelOn()
    const dir = await copy()
    const index = JSON.parse(await readFile(join(dir, 'sessions.json'), 'utf8')) as Record<string, unknown>
    await writeFile(join(dir, 'sessions.json'), JSON.stringify({ 'telegram:dm:9': index['agent:main:main'] }))
    expect(statuses((await imported(k, `${dir} --agent Work`)).report)).toEqual({ 'agent:work:telegram:direct:9': 'imported' })
  })

  test('that is none, or no table, is said with its place', async () => {
    const k = await kernelOn()
    const dir = await temporaryDir()
    await expect(k.cli(cli, `sessions import ${dir}`)).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_FOLDER', exit: 66 })
    for (const text of ['[]', '{', 'null']) {
      await writeFile(join(dir, 'sessions.json'), text)
      await expect(k.cli(cli, `sessions import ${dir}`)).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_FOLDER', message: expect.stringContaining(join(dir, 'sessions.json')) as string })
    }
  })

  test('an index that names a path elsewhere reads nothing outside the folder', async () => {
    const k = await kernelOn()
    const dir = await copy()
    await writeFile(join(dir, '..', 'outside.jsonl'), '{"type":"session","id":"x"}\n')
    onTestFinished(() => rm(join(dir, '..', 'outside.jsonl'), { force: true }))
    await writeFile(join(dir, 'sessions.json'), JSON.stringify({ main: { sessionId: main, sessionFile: '../outside.jsonl' }, other: { sessionId: '../../x' } }))
    const { report } = await imported(k, dir)
    expect(report).toMatchObject({ sessions: [{ status: 'failed', reason: 'its transcript is not there' }], unusable: 1 })
    await mkdir(join(dir, 'folder.jsonl'))
    await writeFile(join(dir, 'sessions.json'), JSON.stringify({ main: { sessionId: 'folder' }, __proto__x: null, 5: [], ['__proto__']: 7, a: { sessionId: ['x'], sessionFile: {} } }))
    expect((await imported(k, dir)).report).toMatchObject({ sessions: [{ status: 'failed', reason: expect.stringContaining('no file') as string }], unusable: 4 })
  })
})

describe('a session that another process writes', () => {
  test('is not taken in while its lock names one that runs', async () => {
    const k = await kernelOn()
    const dir = await copy()
    await writeFile(join(dir, `${main}.jsonl.lock`), JSON.stringify({ pid: process.pid, createdAt: '2026-02-20T10:00:00Z' }))
    const { report } = await imported(k, dir)
    expect(report.sessions[0]).toMatchObject({ status: 'failed', reason: expect.stringContaining(`process ${process.pid}`) as string })
    // One that has ended; then numbers that would mean groups of processes, a lock that is too large, and none.
    for (const lock of [{ pid: 2 ** 22 + 12345 }, { pid: 0 }, { pid: -1 }, { pid: process.pid, pad: 'x'.repeat(70_000) }, []]) {
      await writeFile(join(dir, `${main}.jsonl.lock`), JSON.stringify(lock))
      expect(statuses((await imported(k, `${dir} --dry-run`)).report)['agent:main:main']).toBe('found')
    }
    expect(statuses((await imported(k, dir)).report)['agent:main:main']).toBe('imported')
  })

  test('nor one that changes while it is read; the next import begins it anew', async () => {
    const k = await kernelOn()
    const dir = await copy()
    let calls = 0
    const call = k.call.bind(k)
    const spied = Object.assign(Object.create(k) as TestKernel, { call: async (method: string, params: object) => {
      if (calls++ === 0) await appendFile(join(dir, `${main}.jsonl`), '{"type":"custom","id":"x","parentId":null}\n')
      return call(method, params)
    } })
    const { importFolder } = await import('../../plugins/sessions/import-command.ts')
    let report: Report | undefined
    const io = { args: {}, options: {}, json: true, stderr: {}, stdout: {}, env: {}, signal: new AbortController().signal, call: spied.call, print: (_: string, value: unknown) => { report = value as Report } }
    expect(await importFolder(io as never, dir)).toBe(1)
    expect(report?.sessions[0]).toMatchObject({ status: 'failed', reason: expect.stringContaining('changed while it was read') as string })
    const service = await k.service(Sessions)
    expect(await service.find('main')).toBeUndefined()
    expect(statuses((await imported(k, dir)).report)['agent:main:main']).toBe('imported')
    expect((await service.entries('main')).at(-1)?.id).toBe('x')
  })
})

describe('pieces', () => {
  const header = '{"type":"session","version":3,"id":"s1","timestamp":"2026-02-20T10:00:00.000Z","cwd":"/"}'
  const done = { createdAt: 1, updatedAt: 2 }
  const base = { key: 'main', sessionId: 's1' }

  test('that are missing, come twice or do not begin with a header are refused, and the import begins anew', async () => {
    const k = await kernelOn()
    const take = (params: object) => k.call('sessions.import', { ...base, lines: [], ...params })
    const refused = expect.objectContaining({ code: 'NEXUS_SESSIONS_IMPORT' }) as unknown
    await expect(take({ piece: 1, lines: ['{}'] })).rejects.toEqual(refused)
    await expect(take({ piece: 0, lines: ['{}'] })).rejects.toEqual(refused)
    await expect(take({ piece: 0, done })).rejects.toEqual(refused)
    await take({ piece: 0, lines: [header] })
    await take({ piece: 1, lines: ['{"type":"custom","id":"a"}'] })
    await expect(take({ piece: 1, lines: ['{"type":"custom","id":"a"}'] })).rejects.toEqual(refused)
    await take({ piece: 0, lines: [header, '{"type":"cus'], open: true })
    await take({ piece: 1, lines: ['tom","id":'], open: true })
    expect(await take({ piece: 2, lines: ['"b"}'], done })).toEqual({ status: 'imported', key: 'agent:main:main' })
    expect((await (await k.service(Sessions)).entries('main')).map((e) => e.id)).toEqual(['b'])
    await expect(k.call('sessions.import', { ...base, key: 'other', piece: 0, lines: [header] })).rejects.toEqual(refused) // its id is in use
  })

  test('over a restart begin anew; what was complete is there', async () => {
    const first = await kernelOn()
    await first.call('sessions.import', { ...base, piece: 0, lines: [header, '{"type":"custom","id":"a"}'] })
    await first.close()
    const k = await kernelOn(first.dir)
    expect(await (await k.service(Sessions)).find('main')).toBeUndefined()
    await expect(k.call('sessions.import', { ...base, piece: 1, lines: [], done })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_IMPORT' })
    await k.call('sessions.import', { ...base, piece: 0, lines: [header], done: { ...done, settings: { label: 'x' } } })
    expect(await k.call('sessions.import', { ...base, piece: 0, lines: [header] })).toMatchObject({ status: 'same' })
    await k.close()
    expect(await (await (await kernelOn(first.dir)).service(Sessions)).find('main')).toMatchObject({ id: 's1', createdAt: 1, updatedAt: 2, settings: { label: 'x' } })
  })

  test('under two keys with one id do not mix, and never take the transcript that the other has', async () => {
    const k = await kernelOn()
    const take = (params: object) => k.call('sessions.import', { ...base, lines: [], ...params })
    const refused = expect.objectContaining({ code: 'NEXUS_SESSIONS_IMPORT' }) as unknown
    await take({ piece: 0, lines: [header] })
    await take({ key: 'other', piece: 0, lines: [header] }) // begins it anew
    await expect(take({ piece: 1, lines: ['{"type":"custom","id":"a"}'] })).rejects.toEqual(refused)
    await take({ piece: 0, lines: [header, '{"type":"custom","id":"mine"}'], done })
    // A crash may leave the mark of an import although it was complete.
    const marks = (await k.service(Store)).documents('sessions/_imports')
    await marks.put('sessions/main/s1', { key: 'agent:main:main', at: 1 })
    await expect(take({ key: 'other', piece: 0, lines: [header] })).rejects.toEqual(refused)
    const service = await k.service(Sessions)
    expect((await service.entries('main')).map((e) => e.id)).toEqual(['mine'])
    await service.reset('main', { reason: 'new' })
    await marks.put('sessions/main/s1', { key: 'agent:main:main', at: 1 })
    await expect(take({ key: 'other', piece: 0, lines: [header] })).rejects.toEqual(refused)
    expect(await service.archived('main', 's1')).toHaveLength(1)
  })

  test('say times that make sense, whatever they say', async () => {
    const k = await kernelOn()
    const service = await k.service(Sessions)
    for (const [n, at] of [Number.MAX_VALUE, -5, Infinity].entries()) {
      await k.call('sessions.import', { key: `k${n}`, sessionId: `s${n}`, piece: 0, lines: [header], done: { createdAt: at, updatedAt: at } })
      const { createdAt, updatedAt } = (await service.find(`k${n}`))!
      expect([createdAt, updatedAt].every((time) => time >= 0 && time <= k.clock.now())).toBe(true)
      await service.append(`k${n}`, [said('x')])
    }
  })

  test('give back every line, however long, and none that was torn', async () => {
    const dir = await temporaryDir()
    const file = join(dir, 'x.jsonl')
    const line = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.constant('z'.repeat(300_000)), fc.constant('😀'.repeat(140_000))).map((text) => JSON.stringify({ text }))
    await fc.assert(fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 6 }), fc.constantFrom('', '\n', '\n{"torn":', '\n\0\0\0', '\n\n'), async (lines, tail) => {
      await writeFile(file, lines.join('\n') + tail)
      const read: string[] = []
      for await (const one of linesOf(file)) read.push(one)
      expect(read).toEqual(lines)
      let rest = ''
      const joined: string[] = []
      for await (const { lines: some, open } of piecesOf(file)) {
        expect(Buffer.byteLength(JSON.stringify(some))).toBeLessThan(1_700_000)
        const all = [rest + (some[0] ?? ''), ...some.slice(1)]
        rest = open ? all.pop() ?? '' : ''
        joined.push(...all.filter((text) => text !== ''))
      }
      expect(joined).toEqual(lines)
    }), { numRuns: 40 })
  }, 60_000)
})
