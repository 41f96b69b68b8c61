/** Whatever is changed in a journal, taken from it or put into it, is noticed by its files alone. */
import { describe, expect, test, vi } from 'vitest'
import { canonical, digestOf } from '../../plugins/journal/digest.ts'
import { exportOf, readHead } from '../../plugins/journal/head.ts'
import { lineOf } from '../../plugins/journal/record.ts'
import { verify } from '../../plugins/journal/verify.ts'
import { Secret } from '../../kernel/secret.ts'
import { full, inMemory, journalOf, randomFrom, segmentsIn, type Folder } from './journal-harness.ts'

if (full) vi.setConfig({ testTimeout: 1_800_000 })

const small = 16 * 1024
const check = async (folder: Folder) => verify(inMemory(folder))
const changed = (folder: Folder, name: string, bytes: Buffer): Folder => new Map([...folder, [name, bytes]])
const without = (bytes: Buffer, from: number, to: number): Buffer => Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
const linesIn = (bytes: Buffer): string[] => bytes.toString().split('\n').slice(0, -1)
const asFile = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''))

/** One file, larger than 16 KB, with what it was made of. */
async function sample(bytes = small) {
  const { folder, dir } = await journalOf(bytes)
  const [name] = segmentsIn(folder) as [string]
  const log = folder.get(name) as Buffer
  expect(log.length).toBeGreaterThanOrEqual(bytes * 0.8)
  expect(await check(folder)).toMatchObject({ ok: true, faults: [], pastHead: 0, records: linesIn(log).length })
  return { dir, folder, name, log }
}

async function expectFound(folder: Folder, what: string): Promise<void> {
  const report = await check(folder)
  if (report.ok) throw new Error(`not noticed: ${what}`)
}

describe('in a journal of 16 KB', () => {
  test('every bit that is flipped is noticed', async () => {
    const { folder, name, log } = await sample()
    const random = randomFrom(7)
    for (let at = 0; at < log.length; at++) {
      for (const bit of full ? [0, 1, 2, 3, 4, 5, 6, 7] : [at < 500 || at > log.length - 500 ? at % 8 : Math.floor(random() * 8)]) {
        const damaged = Buffer.from(log)
        damaged[at] = damaged[at]! ^ (1 << bit)
        await expectFound(changed(folder, name, damaged), `bit ${bit} of byte ${at}`)
      }
    }
  })

  test('every bit of the first and the last record, of the head and of the key', async () => {
    const { folder, name, log } = await sample(2_000)
    const [first, last] = [log.indexOf(0x0a) + 1, log.lastIndexOf(0x0a, log.length - 2)]
    const parts: [string, number, number][] = [[name, 0, first], [name, last, log.length], ['head', 0, 512], ['head', 600, 640], ['head', 4096, 4608], ['key', 0, 32]]
    for (const [file, from, to] of parts) {
      const bytes = folder.get(file) as Buffer
      for (let at = from; at < to; at += file === 'head' ? 3 : 1) {
        for (let bit = 0; bit < 8; bit++) {
          if (file !== name && !full && bit !== at % 8) continue
          const damaged = Buffer.from(bytes)
          damaged[at] = damaged[at]! ^ (1 << bit)
          await expectFound(changed(folder, file, damaged), `bit ${bit} of byte ${at} of ${file}`)
        }
      }
    }
  })

  test('every record that is taken out, and every byte', async () => {
    const { folder, name, log } = await sample()
    const lines = linesIn(log)
    for (let i = 0; i < lines.length; i++) await expectFound(changed(folder, name, asFile(lines.toSpliced(i, 1))), `record ${i + 1} taken out`)
    for (let at = 0; at < log.length; at += full ? 1 : 13) await expectFound(changed(folder, name, without(log, at, at + 1)), `byte ${at} taken out`)
  })

  test('every two records that change places, and every one that is put in again', async () => {
    const { folder, name, log } = await sample()
    const lines = linesIn(log)
    for (let i = 0; i < lines.length; i++) {
      for (let j = i + 1; j < lines.length; j++) await expectFound(changed(folder, name, asFile(lines.with(i, lines[j]!).with(j, lines[i]!))), `records ${i + 1} and ${j + 1}`)
      await expectFound(changed(folder, name, asFile(lines.toSpliced(i, 0, lines[(i * 7) % lines.length]!))), `one put in before ${i + 1}`)
    }
  })

  test('every length it is cut to', async () => {
    const { folder, name, log } = await sample()
    for (let length = 0; length < log.length; length++) {
      const report = await check(changed(folder, name, log.subarray(0, length)))
      if (!report.faults.some(({ kind }) => kind === 'short')) throw new Error(`not noticed: cut to ${length}`)
    }
  })

  test('what was changed and hashed anew, to the very end', async () => {
    const { folder, name, log } = await sample()
    const lines = linesIn(log)
    let prev = (JSON.parse(lines[4]!) as { hash: string }).hash
    const forged = lines.map((line, i) => {
      if (i < 5) return line
      const body = /^\{"n":\d+,(.*),"prev":"/.exec(line)![1]!.replace('token:ops', 'token:bob')
      const made = lineOf(i + 1, body, prev)
      prev = made.hash
      return made.line.slice(0, -1)
    })
    const report = await check(changed(folder, name, asFile(forged)))
    expect(report.faults).toMatchObject([{ kind: 'head' }])
  })

  test('one record that was changed and hashed anew', async () => {
    const { folder, name, log } = await sample()
    const lines = linesIn(log)
    for (let i = 0; i < lines.length; i++) {
      const { prev } = JSON.parse(lines[i]!) as { prev: string }
      const body = /^\{"n":\d+,(.*),"prev":"/.exec(lines[i]!)![1]!
      const forged = lineOf(i + 1, body.replace(/"trace":"[^"]*"/, '"trace":"forged"'), prev).line.slice(0, -1)
      await expectFound(changed(folder, name, asFile(lines.with(i, forged))), `record ${i + 1} hashed anew`)
    }
    // Of the same length, so that nothing but the chain tells.
    const forged = lineOf(5, /^\{"n":\d+,(.*),"prev":"/.exec(lines[4]!)![1]!.replace('token:ops', 'token:bob'), (JSON.parse(lines[4]!) as { prev: string }).prev).line.slice(0, -1)
    expect((await check(changed(folder, name, asFile(lines.with(4, forged))))).faults).toMatchObject([{ kind: 'order', n: 6 }])
  })

  test('a missing head, key or file, and the head of an earlier time', async () => {
    const { folder, name } = await sample()
    const { folder: other } = await journalOf(1_000)
    const less = (...names: string[]): Folder => new Map([...folder].filter(([file]) => !names.includes(file)))
    const kinds = async (damaged: Folder) => (await check(damaged)).faults.map(({ kind }) => kind)
    expect(await kinds(less('head'))).toEqual(['head'])
    expect(await kinds(less('key'))).toEqual(['key'])
    expect(await kinds(less(name))).toEqual(['short'])
    expect(await kinds(less('head', 'key', name))).toEqual(['absent'])
    expect(await kinds(changed(folder, 'head', other.get('head')!))).toEqual(['head'])
    expect(await kinds(changed(folder, '0000000000009999.jsonl', Buffer.from('x\n')))).toEqual(['segment'])
    expect(await kinds(changed(folder, 'broken-20260101T000000Z', Buffer.alloc(0)))).toEqual(['set-aside'])
  })

  test('the fault is told once, and where it is', async () => {
    const { folder, name, log } = await sample()
    const at = log.indexOf('plugin-9"')
    const damaged = Buffer.from(log)
    damaged[at] = 0x51
    const report = await check(changed(folder, name, damaged))
    const n = linesIn(log).findIndex((line) => line.includes('plugin-9"')) + 1
    expect(report).toMatchObject({ ok: false, faultCount: 1, faults: [{ kind: 'altered', segment: name, n, offset: log.lastIndexOf(0x0a, at) + 1 }] })
    const lost = await check(changed(folder, name, asFile(linesIn(log).toSpliced(5, 1))))
    expect(lost.faults.map(({ kind, n }) => [kind, n])).toEqual([['order', 6]])
  })
})

test(`${full ? '10,000' : '150'} changes of a journal of 1 MB, drawn at random, are all noticed`, async () => {
  const { folder } = await journalOf(1 << 20, { segmentBytes: 300 << 10 })
  const names = segmentsIn(folder)
  expect(names.length).toBeGreaterThan(2)
  const random = randomFrom(20_260_101)
  const below = (n: number): number => Math.floor(random() * n)
  for (let i = 0; i < (full ? 10_000 : 150); i++) {
    const name = names[below(names.length)]!
    const bytes = Buffer.from(folder.get(name)!)
    const [at, length] = [below(bytes.length), 1 + below(2_000)]
    const kind = below(6)
    const lines = kind >= 4 ? linesIn(bytes) : []
    const [a, b] = [below(lines.length), below(lines.length)]
    if (kind === 5 && a === b) continue
    if (kind === 0) bytes[at] = bytes[at]! ^ (1 << below(8))
    const damaged = kind === 0 ? bytes : kind === 1 ? without(bytes, at, at + length) : kind === 2 ? bytes.subarray(0, at)
      : kind === 3 ? Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)])
        : kind === 4 ? asFile(lines.toSpliced(a, 1)) : asFile(lines.with(a, lines[b]!).with(b, lines[a]!))
    const where = kind === 3 && name === names.at(-1) && at + length > bytes.length ? 'at the end' : `kind ${kind} at ${at} of ${name}`
    if (where !== 'at the end') await expectFound(changed(folder, name, damaged), where)
  }
})

describe('a journal that was rolled back with its head', () => {
  test('looks intact, and is not the one of an exported head', async () => {
    const { folder, log } = await sample()
    const exported = exportOf(readHead(folder.get('head')!, folder.get('key')!)!.head)
    expect(await verify(inMemory(folder), { exported })).toMatchObject({ ok: true, exported: 'confirmed' })
    const { folder: other } = await journalOf(small)
    expect(await check(other)).toMatchObject({ ok: true })
    expect(await verify(inMemory(other), { exported })).toMatchObject({ ok: false, exported: 'refuted', faults: [{ kind: 'rolled-back' }] })
    const longer = { ...exported, n: exported.n + 1 }
    expect(await verify(inMemory(folder), { exported: longer })).toMatchObject({ exported: 'refuted' })
    const earlier = JSON.parse(linesIn(log)[4]!) as { n: number; hash: string }
    expect(await verify(inMemory(folder), { exported: { ...exported, n: earlier.n, hash: earlier.hash } })).toMatchObject({ ok: true, exported: 'confirmed' })
  })
})

describe('the digest of params', () => {
  test('does not depend on the order of keys', () => {
    expect(digestOf({ b: [1, { d: null, c: 'ü' }], a: true })).toBe(digestOf({ a: true, b: [1, { c: 'ü', d: null }] }))
    expect(canonical({ b: 1, a: undefined, c: [undefined], d: new Date(0), e: 1n })).toBe('{"b":1,"c":[null],"d":"1970-01-01T00:00:00.000Z","e":"1"}')
  })

  test('leaves out what is secret, and tells all else apart', () => {
    expect(canonical({ name: 'x', value: Secret.literal('hunter2'), apiKey: 'k', nested: [{ botToken: 'y', password: 'z' }] }))
      .toBe('{"apiKey":"[secret]","name":"x","nested":[{"botToken":"[secret]","password":"[secret]"}],"value":"[secret]"}')
    expect(digestOf({ name: 'x' })).not.toBe(digestOf({ name: 'y' }))
  })
})
