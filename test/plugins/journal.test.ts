/** The plugin `journal`: what is recorded, when nothing privileged is done, and the methods and commands to see it. */
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { admits, callAuthorize, callBefore, definePlugin, failures, method, secret } from 'nexus-gateway/sdk'
import type { Plugin } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import { healthChecked } from '../../plugins/health/contract.ts'
import cli from '../../plugins/journal/cli.ts'
import { Journal, journal as contract, type ExportedHead, type JournalRecord } from '../../plugins/journal/contract.ts'
import journal from '../../plugins/journal/index.ts'
import { journalFiles } from '../../plugins/journal/files.ts'
import { lastRecords } from '../../plugins/journal/read.ts'
import tools from '../../plugins/tools/index.ts'
import { offerTools, Tools, toolText } from '../../plugins/tools/contract.ts'
import { entry } from './journal-harness.ts'

let state: string
beforeEach(async () => { state = await mkdtemp(join(tmpdir(), 'nexus-journal-')) })
afterEach(() => rm(state, { recursive: true, force: true }))

const ran: string[] = []
const failPaint = failures({ NEXUS_PAINT_DRY: { text: 'no paint', fix: 'Buy some.' } })
const paint = definePlugin({
  id: 'paint',
  methods: {
    'paint.admin': method({ scope: 'operator.admin', params: v.strictObject({ colour: v.optional(v.string()), password: v.optional(secret()) }) }),
    'paint.pair': method({ scope: 'operator.pairing' }),
    'paint.own': method({ scope: 'paint.manage' }),
    'paint.write': method({ scope: 'operator.write' }),
    'paint.read': method({ scope: 'operator.read' }),
    'paint.open': method({ scope: 'public' }),
    'paint.fails': method({ scope: 'operator.approvals' }),
  },
  setup(ctx) {
    const done = (what: string) => () => { ran.push(what); return { what } }
    offerTools(ctx, { brush: { description: 'Paints.', params: v.strictObject({ wall: v.string() }), run: ({ wall }) => { ran.push(`brush ${wall}`); return toolText('painted') } } })
    return {
      methods: {
        'paint.admin': done('admin'), 'paint.pair': done('pair'), 'paint.own': done('own'), 'paint.write': done('write'), 'paint.read': done('read'), 'paint.open': done('open'),
        'paint.fails': () => { throw failPaint('NEXUS_PAINT_DRY') },
      },
    }
  },
})

/** A journal listens to `call.authorize` and answers nothing, so somebody else has to. */
const allow = definePlugin({ id: 'allow', capabilities: ['tap:call.authorize'], setup: (ctx) => ctx.tap(callAuthorize, ({ caller }, access) => admits(caller.scopes, access)) })
const start = (plugins: readonly Plugin[] = [journal, paint, tools]): Promise<TestKernel> => testKernel({ plugins: [allow, ...plugins], stateDir: state })
const folder = (): string => join(state, 'journal')
/** Once nothing is being written any more. */
async function records(k: TestKernel): Promise<JournalRecord[]> {
  const api = await k.service(Journal)
  await api.record(entry('marker'))
  return (await lastRecords(journalFiles(folder()), 1000)).filter(({ verb, subject }) => verb !== 'journal.opened' && subject !== 'marker')
}
const told = (all: readonly JournalRecord[]) => all.map(({ verb, decision, outcome, code }) => [verb, decision, outcome, ...(code === undefined ? [] : [code])])

describe('what is recorded', () => {
  test('is every privileged call, before it is done and after, and no other', async () => {
    await using k = await start()
    ran.length = 0
    for (const verb of ['admin', 'read', 'write', 'open', 'pair', 'own']) await k.call(`paint.${verb}`)
    await expect(k.call('paint.fails')).rejects.toMatchObject({ code: 'NEXUS_PAINT_DRY' })
    const all = await records(k)
    expect(told(all)).toEqual([
      ['paint.admin', 'allow', 'pending'], ['paint.admin', 'allow', 'ok'], ['paint.pair', 'allow', 'pending'], ['paint.pair', 'allow', 'ok'],
      ['paint.own', 'allow', 'pending'], ['paint.own', 'allow', 'ok'], ['paint.fails', 'allow', 'pending'], ['paint.fails', 'allow', 'failed', 'NEXUS_PAINT_DRY'],
    ])
    expect(all[1]).toMatchObject({ of: all[0]!.n, trace: all[0]!.trace, access: 'operator.admin', path: ['paint'], caller: { role: 'operator', label: 'operator' } })
    expect(ran).toEqual(['admin', 'read', 'write', 'open', 'pair', 'own'])
  })

  test('is on disk before the effect', async () => {
    const seen: string[] = []
    const effect = definePlugin({
      id: 'effect', methods: { 'effect.do': method({ scope: 'operator.admin' }) },
      setup: () => ({ methods: { 'effect.do': async () => { seen.push(...(await lastRecords(journalFiles(folder()), 1)).map(({ verb, outcome }) => `${verb} ${outcome}`)) } } }),
    })
    await using k = await start([journal, effect])
    await k.call('effect.do')
    expect(seen).toEqual(['effect.do pending'])
  })

  test('is every privileged call that is refused, whoever refuses it', async () => {
    await using k = await start()
    ran.length = 0
    await expect(k.call('paint.admin', {}, { scopes: ['operator.read'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await expect(k.call('paint.write', undefined, { scopes: ['operator.read'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await expect(k.call('paint.admin', { colour: 1 })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
    expect(told(await records(k))).toEqual([['paint.admin', 'deny', 'refused', 'NEXUS_CALL_DENIED'], ['paint.admin', 'deny', 'refused', 'NEXUS_CALL_INVALID_PARAMS']])
    const strict = definePlugin({ id: 'a-strict', capabilities: ['tap:call.authorize'], setup: (ctx) => ctx.tap(callAuthorize, (call) => { if (call.verb === 'paint.pair') throw new Error('no'); return undefined }) })
    await k.load(strict)
    await expect(k.call('paint.pair')).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    const late = definePlugin({ id: 'z-late', capabilities: ['tap:call.before'], setup: (ctx) => ctx.tap(callBefore, ({ verb }) => { if (verb === 'paint.own') throw failPaint('NEXUS_PAINT_DRY') }) })
    await k.load(late)
    await expect(k.call('paint.own')).rejects.toMatchObject({ code: 'NEXUS_PAINT_DRY' })
    expect(told(await records(k)).slice(2)).toEqual([['paint.pair', 'deny', 'refused', 'NEXUS_CALL_DENIED'], ['paint.own', 'allow', 'pending'], ['paint.own', 'allow', 'failed', 'NEXUS_PAINT_DRY']])
    expect(ran).toEqual([])
  })

  test('is not flooded by refusals: 600 in a minute, and how many more', async () => {
    await using k = await start()
    const refuse = () => expect(k.call('paint.pair', undefined, { scopes: [] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    for (let i = 0; i < 650; i++) await refuse()
    expect((await records(k)).length).toBe(600)
    await k.clock.advance(60_000)
    await refuse()
    expect((await records(k)).slice(600).map(({ verb, subject }) => [verb, subject])).toEqual([['journal.suppressed', '50 more refusals before this one'], ['paint.pair', undefined]])
  })

  test('never holds params or a secret, and tells calls apart that differ in more than a secret', async () => {
    await using k = await start()
    for (const params of [{ colour: 'mauve-7', password: 'hunter2-one' }, { colour: 'mauve-7', password: 'hunter2-two' }, { colour: 'ochre' }]) await k.call('paint.admin', params)
    const [a, b, c] = (await records(k)).filter(({ outcome }) => outcome === 'pending')
    expect(a!.params).toBe(b!.params)
    expect(c!.params).not.toBe(a!.params)
    const written = await readFile(join(folder(), '0000000000000001.jsonl'), 'utf8')
    for (const text of ['mauve', 'hunter2', 'ochre']) expect(written).not.toContain(text)
  })

  test('is every tool that is run, by whom and how it ended', async () => {
    await using k = await start()
    await k.call('tools.execute', { name: 'brush', args: { wall: 'north-3' } })
    const cause = { caller: { id: 'chat:ada', role: 'operator' as const, scopes: new Set<string>(), label: 'channel' as const }, trace: 'run-1', path: ['agent'] }
    await (await k.service(Tools)).execute({ name: 'brush', args: { wall: 'south' }, cause })
    const all = await records(k)
    expect(told(all)).toEqual([['tools.execute', 'allow', 'pending'], ['tools.execute', 'allow', 'ok'], ['tools.execute', 'allow', 'pending'], ['tools.execute', 'allow', 'ok']])
    expect(all[2]).toMatchObject({ subject: 'brush', trace: 'run-1', caller: { id: 'chat:ada', label: 'channel' }, path: ['agent', 'tools', 'paint'] })
    expect(JSON.stringify(all)).not.toContain('north-3')
  })

  test('goes on without a gap while the plugin is reloaded', async () => {
    await using k = await start()
    const calls: Promise<unknown>[] = []
    for (let i = 0; i < 30; i++) {
      calls.push(k.call('paint.admin'))
      if (i % 10 === 5) calls.push(k.reload('journal'))
      await new Promise(setImmediate)
    }
    await Promise.all(calls)
    const all = await records(k)
    expect(all.filter(({ verb, outcome }) => verb === 'paint.admin' && outcome === 'pending').length).toBe(30)
    expect(await k.use(contract).call['journal.verify']({})).toMatchObject({ ok: true, faults: [] })
  })
})

describe('while the journal cannot be written', () => {
  test('nothing privileged is done, no tool is run, reads go on, and health says so', async () => {
    await writeFile(folder(), 'in the way')
    await using k = await start()
    ran.length = 0
    for (const verb of ['paint.admin', 'paint.pair', 'paint.own', 'journal.tail']) await expect(k.call(verb)).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_UNWRITABLE', retryable: true, status: 507 })
    await expect(k.call('tools.execute', { name: 'brush', args: { wall: 'x' } })).rejects.toMatchObject({ code: 'NEXUS_TOOLS_REFUSED' })
    for (const verb of ['read', 'write', 'open']) await k.call(`paint.${verb}`)
    expect(ran).toEqual(['read', 'write', 'open'])
    await expect((await k.service(Journal)).record(entry('x'))).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_UNWRITABLE' })
    expect(await k.invoke(healthChecked)).toMatchObject([{ degraded: [expect.stringContaining('the journal cannot be written (EEXIST)') as string] }])
    await rm(folder())
    await k.call('paint.admin')
    expect(await k.invoke(healthChecked)).toEqual([{ degraded: [] }])
    expect(k.logs.filter(({ plugin, level }) => plugin === 'journal' && level === 'error').length).toBe(1)
  })
})

describe('what was tampered with', () => {
  async function written(): Promise<void> {
    await using k = await start()
    for (let i = 0; i < 5; i++) await k.call('paint.admin', { colour: `c${i}` })
    await records(k)
  }
  const log = (): string => join(folder(), '0000000000000001.jsonl')

  test('in the middle of the newest file is found after the start, told, and left as it is', async () => {
    await written()
    const damaged = (await readFile(log(), 'utf8')).replace('"n":4,', '"n":7,')
    await writeFile(log(), damaged)
    await using k = await start()
    await expect.poll(() => k.logs.find(({ message }) => message === 'the journal was tampered with or is damaged')).toBeDefined()
    expect(await k.invoke(healthChecked)).toEqual([{ degraded: ['the journal was tampered with or is damaged: record 4 was altered; see `nexus journal verify`'] }])
    await k.call('paint.admin')
    expect(await readFile(log(), 'utf8')).toContain(damaged)
    expect(await k.use(contract).call['journal.verify']({})).toMatchObject({ ok: false, faults: [{ kind: 'altered', n: 4 }] })
  })

  test('at its end puts the journal aside', async () => {
    await written()
    await writeFile(log(), (await readFile(log())).subarray(0, -10))
    await using k = await start()
    await k.call('paint.admin')
    expect((await readdir(folder())).filter((name) => name.startsWith('broken-'))).toEqual(['broken-20260101T000000000Z'])
    expect(k.logs).toContainEqual(expect.objectContaining({ level: 'error', message: 'the journal was found damaged and put aside; a new one begins' }))
    expect(await k.invoke(healthChecked)).toEqual([{ degraded: ['the journal was found damaged and put aside in journal/broken-20260101T000000000Z'] }])
  })
})

describe('seen', () => {
  test('by methods, for administrators only', async () => {
    await using k = await start()
    await k.call('paint.admin')
    const { call } = k.use(contract)
    expect((await call['journal.tail']({ limit: 2 })).records.map(({ verb, outcome }) => [verb, outcome])).toEqual([['paint.admin', 'ok'], ['journal.tail', 'pending']])
    const head = await call['journal.export']({})
    expect(await call['journal.verify']({ head })).toMatchObject({ ok: true, exported: 'confirmed' })
    expect(await call['journal.verify']({ head: { ...head, hash: 'f'.repeat(64) } })).toMatchObject({ ok: false, exported: 'refuted' })
    for (const verb of ['journal.tail', 'journal.verify', 'journal.export']) await expect(k.call(verb, {}, { scopes: ['operator.write', 'operator.approvals', 'operator.pairing'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })

  test('by commands that read the files', async () => {
    await using k = await start()
    await k.call('paint.admin')
    await records(k)
    const none = { scopes: [] as string[] }
    const tail = await k.cli(cli, 'journal tail --limit 3', none)
    expect(tail.stdout.split('\n')[0]).toMatch(/^ {5}2 {2}2026-01-01 00:00:00 {2}pending {2}paint\.admin {2}by .+ \(operator\)$/)
    expect((await k.cli(cli, 'journal tail --limit 2 --json', none)).json).toMatchObject([{ records: [{ n: 3, of: 2, outcome: 'ok' }, { n: 4, subject: 'marker' }] }])
    expect((await k.cli(cli, 'journal show 3', none)).stdout).toMatch(/verb +paint\.admin\n[^]*Its hash is right\.\n$/)
    expect(await k.cli(cli, 'journal verify', none)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^The journal is intact\.\n4 records, 1 to 4, in 1 file of \d+ bytes\.\n$/) as string })
    const [head] = (await k.cli(cli, 'journal export --json', none)).json as [ExportedHead]
    const file = join(state, 'head.json')
    await writeFile(file, JSON.stringify(head))
    expect(await k.cli(cli, `journal verify --head ${file} --json`, none)).toMatchObject({ code: 0, json: [{ ok: true, exported: 'confirmed' }] })

    const log = join(folder(), '0000000000000001.jsonl')
    await writeFile(log, (await readFile(log, 'utf8')).replace('paint.admin', 'paint.Admin'))
    expect(await k.cli(cli, 'journal verify', none)).toMatchObject({ code: 1, stdout: expect.stringContaining('altered  record 2 was altered  (0000000000000001.jsonl at byte') as string })
    expect(await k.cli(cli, 'journal show 2', none)).toMatchObject({ code: 1, stdout: expect.stringContaining('It was altered') as string })
  })

  test('by nobody who asks for what is not there', async () => {
    await using k = await start([paint, tools])
    const file = join(state, 'head.json')
    await writeFile(file, '{}')
    expect(await k.cli(cli, 'journal verify --json')).toMatchObject({ code: 1, json: [{ ok: false, faults: [{ kind: 'absent' }] }] })
    expect((await k.cli(cli, 'journal tail')).stdout).toBe('The journal is empty.\n')
    await expect(k.cli(cli, 'journal export')).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_NO_HEAD' })
    await expect(k.cli(cli, 'journal show 1')).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_NO_RECORD' })
    await expect(k.cli(cli, 'journal show 0')).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_NUMBER' })
    await expect(k.cli(cli, 'journal tail --limit 1001')).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_NUMBER' })
    await expect(k.cli(cli, `journal verify --head ${file}`)).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_EXPORT' })
    await expect(k.cli(cli, `journal verify --head ${file}.not`)).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_READ' })
    await appendFile(folder(), 'a file')
    await expect(k.cli(cli, 'journal verify')).rejects.toMatchObject({ code: 'NEXUS_JOURNAL_READ' })
  })
})
