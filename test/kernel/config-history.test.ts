/** What the settings were, and the last that worked, can be had again. */
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { addBackup, listBackups, readBackup } from '../../kernel/config/history.ts'
import { readLastGood, saveLastGood } from '../../kernel/config/last-good.ts'
import { failing, steppedFs } from '../fixtures/stepped-fs.ts'
import { configPlace, hashOf, type ConfigPlace } from './config-place.ts'

let [dir, file, history] = ['', '', '']
let write: ConfigPlace['write']
beforeEach(() => void ({ dir, file, history, write } = configPlace()))

describe('what was there before', () => {
  test('is kept five times over, newest first, and can be read', async () => {
    const texts = Array.from({ length: 9 }, (_, n) => `{ n: ${n} }`)
    for (const wanted of texts) await write(wanted)
    const backups = await listBackups(history)
    expect(backups.map(({ bytes, hash }) => ({ bytes, hash }))).toEqual(texts.slice(3, 8).reverse().map((kept) => ({ bytes: 8, hash: hashOf(kept) })))
    expect(await Promise.all(backups.map(({ id }) => readBackup(history, id)))).toEqual(texts.slice(3, 8).reverse())
    expect(backups.map(({ id }) => id)).toEqual(backups.map(({ id }) => id).sort().reverse())
    for (const { id, time } of backups) expect([id, Math.abs(time - Date.now()) < 60_000]).toEqual([expect.stringMatching(/^\d{8}T\d{9}Z-[0-9a-f]{8}$/), true])
    await write('{ n: 9 }', { keep: 2 })
    expect((await listBackups(history)).map(({ hash }) => hash)).toEqual([hashOf('{ n: 8 }'), hashOf('{ n: 7 }')])
  })

  test('is in the order of the writes, whatever the clock says', async () => {
    const times = [1_000, 5_000, 5_000, 4_000, 0, 6_000]
    for (const [n, now] of times.entries()) await addBackup(history, Buffer.from(`{ n: ${n} }`), undefined, now)
    const backups = await listBackups(history)
    expect(backups.map(({ hash }) => hash)).toEqual(times.map((_, n) => hashOf(`{ n: ${n} }`)).reverse())
    expect(backups.map(({ time }) => time)).toEqual([6_000, 5_003, 5_002, 5_001, 5_000, 1_000])
  })

  test('is not kept twice in a row, nor when nothing changes, nor when there is nothing in it; what was torn is', async () => {
    await write('{ a: 1 }')
    await write('{ a: 1 }')
    expect(await listBackups(history)).toEqual([])
    await write('{ a: 2 }')
    writeFileSync(file, '{ a: 1 }')
    await write('{ a: 3 }')
    writeFileSync(file, ' \n')
    await write('{ a: 4 }')
    expect((await listBackups(history)).map(({ hash }) => hash)).toEqual([hashOf('{ a: 1 }')])
    writeFileSync(file, '{ a: 4, tor')
    await write('{ a: 5 }', { baseHash: hashOf('{ a: 4, tor') })
    expect((await listBackups(history)).map(({ hash }) => hash)).toEqual([hashOf('{ a: 4, tor'), hashOf('{ a: 1 }')])
  })

  test('is only what was kept: other files, damaged ones and other names are no backups', async () => {
    expect(await listBackups(history)).toEqual([])
    await addBackup(history, Buffer.from('{ a: 1 }'))
    const [whole] = await listBackups(history)
    const damaged = await addBackup(history, Buffer.from('{ a: 2 }'))
    writeFileSync(join(history, `${damaged}.json5`), '{ a')
    for (const name of ['notes.json5', '.hidden', '20260419T141010123Z-3f2a9c1b', '20269999T999999999Z-3f2a9c1b.json5']) writeFileSync(join(history, name), '{ a: 3 }')
    writeFileSync(join(dir, 'secret.json5'), 'top secret')
    expect(await listBackups(history)).toEqual([whole])
    const names = fc.oneof(fc.string(), fc.constantFrom('', '../../secret', '../../secret.json5', '/etc/passwd', `../history/${whole?.id}`, `${whole?.id}.json5`, ` ${whole?.id}`, `${whole?.id}\n`, `${whole?.id}/../${whole?.id}`, damaged ?? '', '20260419T141010123Z-3f2a9c1b', '20269999T999999999Z-3f2a9c1b', 'notes', '__proto__'))
    await fc.assert(fc.asyncProperty(names, async (name) => {
      await expect(readBackup(history, name)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_BACKUP', status: 404 })
    }))
    expect(await readBackup(history, whole?.id ?? '')).toBe('{ a: 1 }')
  })
})

describe('the last good settings', () => {
  const tree = { plugins: ['a'], provider: { key: { $secret: 'env:KEY' }, url: '${URL}' } }

  test('are as they were kept, whole, and written only when they change', async () => {
    const at = join(dir, 'config')
    expect(await readLastGood(at)).toBeUndefined()
    await saveLastGood(at, tree, 'abc')
    expect(await readLastGood(at)).toEqual({ merged: tree, hash: 'abc', time: expect.closeTo(Date.now(), -4) as number })
    const { ino } = statSync(join(at, 'last-good.json'))
    await saveLastGood(at, tree, 'abc')
    expect(statSync(join(at, 'last-good.json')).ino).toBe(ino)
    await saveLastGood(at, { ...tree, plugins: [] }, 'abc')
    expect(await readLastGood(at)).toMatchObject({ merged: { plugins: [] } })
    expect(readdirSync(at)).toEqual(['last-good.json'])
  })

  test.each(['', '{', 'null', '[]', '{"hash":1,"tree":{}}', '{"hash":"a","tree":[]}', '{"hash":"a"}', '\0\0\0'])('%j is none', async (damaged) => {
    writeFileSync(join(dir, 'last-good.json'), damaged)
    expect(await readLastGood(dir)).toBeUndefined()
    await saveLastGood(dir, tree, 'abc')
    expect(await readLastGood(dir)).toMatchObject({ merged: tree })
  })

  test('cannot be kept on a full disk, and then those from before are', async () => {
    await saveLastGood(dir, tree, 'abc')
    const fs = steppedFs((call) => { if (call === 'writeFile') throw failing('ENOSPC') })
    await expect(saveLastGood(dir, {}, 'def', fs)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_WRITE', message: expect.stringContaining('ENOSPC') as string })
    expect(await readLastGood(dir)).toMatchObject({ merged: tree, hash: 'abc' })
    expect(readdirSync(dir)).toEqual(['last-good.json'])
  })
})
