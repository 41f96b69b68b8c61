/** Whatever instant a gateway ends at, the secrets are there and a key opens them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { fileKeys, type Keys } from '../../plugins/secrets/keys.ts'
import type { Vault } from '../../plugins/secrets/vault.ts'
import { cipher, vaultHarness } from './secrets-harness.ts'

const h = vaultHarness()

describe('a crash', () => {
  /** The directory as it is at each step of `work` that touches the key. */
  async function snapshots(work: (vault: Vault) => Promise<unknown>): Promise<string[]> {
    const taken: string[] = []
    const take = async (): Promise<void> => {
      const to = `${h.dir}.${taken.length}`
      await cp(h.dir, to, { recursive: true })
      taken.push(to)
    }
    const watched = (keys: Keys): Keys => ({ ...keys, async write(identities) { await take(); await keys.write(identities); await take() } })
    await work(h.vault({ findKeys: async (file) => watched(fileKeys(file)) }))
    await take()
    return taken
  }

  test('at any step of a rotation leaves all secrets readable, and the next question ends the rotation', async () => {
    await h.vault().set('a', 'a value')
    const taken = await snapshots((vault) => vault.rotate())
    expect(taken).toHaveLength(5)
    const keysIn = async (): Promise<number> => (await readFile(h.key, 'utf8')).match(/AGE-SECRET/g)?.length ?? 0
    const before = []
    const home = h.dir
    for (h.dir of taken) {
      before.push(await keysIn())
      expect(await h.vault().get('a')).toBe('a value')
      expect(await keysIn()).toBe(1)
      expect(await h.vault().get('a')).toBe('a value')
      await rm(h.dir, { recursive: true })
    }
    h.dir = home
    expect(before).toEqual([1, 2, 2, 1, 1])
  })

  test('before the first secret was written leaves a key and no secret', async () => {
    const taken = await snapshots((vault) => vault.set('a', 'a value'))
    const home = h.dir
    for (const [i, at] of taken.entries()) {
      h.dir = at
      expect((await h.vault().list()).map(({ name }) => name)).toEqual(i < 2 ? [] : ['a'])
      await h.vault().set('b', 'another')
      expect(await h.vault().get('b')).toBe('another')
      await rm(h.dir, { recursive: true })
    }
    h.dir = home
  })

  test('leaves drafts that the next gateway clears, and nothing else of anybody\'s', async () => {
    await h.vault().set('a', 'a value')
    for (const name of ['key.0123456789ab.tmp', 'store.age.0123456789ab.tmp', 'key.copy', 'mine.tmp']) await writeFile(join(h.dir, name), 'x')
    await h.vault().get('a')
    expect((await readdir(h.dir)).sort()).toEqual(['key', 'key.copy', 'mine.tmp', 'store.age'])
  })

  test('of a rotation that cannot be ended yet does not keep anybody from reading', async () => {
    await h.vault().set('a', 'a value')
    const old = (await readFile(h.key, 'utf8')).split('\n')[1] as string
    await fileKeys(h.key).write([await cipher.newIdentity(), old])
    const full = (keys: Keys): Keys => ({ ...keys, write: async () => { throw new Error('full') } })
    expect(await h.vault({ findKeys: async (file) => full(fileKeys(file)) }).get('a')).toBe('a value')
    expect(h.unfinished).toHaveLength(1)
    expect(await h.vault().get('a')).toBe('a value')
    expect(await readFile(h.key, 'utf8')).not.toContain(old)
  })

  test('by SIGKILL at random instants of sets and rotations loses nothing that was acknowledged', async () => {
    const script = fileURLToPath(new URL('../fixtures/secrets-writer.mjs', import.meta.url))
    const random = randomFrom(20_260_131)
    const expected = new Map<string, string>()
    let acknowledged = 0
    for (let round = 0; round < 8; round++) {
      const running = spawn(process.execPath, [script, h.dir, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
      const [lines, afterMs] = [2 + random() * 10, random() * 40]
      let said = ''
      running.stdout.on('data', (text) => {
        said += String(text)
        if (said.split('\n').length > lines) setTimeout(() => running.kill('SIGKILL'), afterMs)
      })
      const [, signal] = await once(running, 'close') as [number | null, string | null]
      expect(signal).toBe('SIGKILL')
      let trying: { trying: string; value: string } | undefined
      for (const line of said.split('\n').slice(1, -1)) {
        const note = JSON.parse(line) as { name?: string; trying?: string; value: string }
        if (note.trying !== undefined) trying = note as typeof trying
        if (note.name === undefined) continue
        acknowledged++
        expected.set(note.name, note.value)
      }
      const vault = h.vault()
      await vault.list()
      for (const [name, value] of expected) {
        const found = await vault.get(name)
        // The set that was cut off may have been made.
        if (trying?.trying === name && found === trying.value) expected.set(name, found)
        else expect(found === value).toBe(true)
      }
      expect(await readFile(h.key, 'utf8')).toMatch(/^# .*\nAGE-SECRET-KEY-1[0-9A-Z]{58}\n$/)
      expect((await readdir(h.dir)).sort()).toEqual(['key', 'store.age'])
    }
    expect(acknowledged).toBeGreaterThanOrEqual(8)
    expect(h.unfinished).toEqual([])
  })
})

/** Lehmer's generator: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
