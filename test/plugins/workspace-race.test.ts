/** A folder that somebody swaps for a link out of the workspace, again and again, while it is used. */
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { codeOf, filesAt, place, textOf } from './workspace-harness.ts'

const rounds = 10_000
const expected = new Set(['no error', 'NEXUS_WORKSPACE_NOT_FOUND', 'NEXUS_WORKSPACE_OUTSIDE', 'NEXUS_WORKSPACE_NOT_FOLDER', 'NEXUS_WORKSPACE_IO'])

it.runIf(process.platform === 'linux')(`nothing outside is read or written in ${rounds} rounds`, { timeout: 300_000 }, async () => {
  const here = place()
  mkdirSync(join(here.root, 'a/b'), { recursive: true })
  writeFileSync(join(here.root, 'a/b/f.txt'), 'inside')
  mkdirSync(join(here.outside, 'b'))
  writeFileSync(join(here.outside, 'b/f.txt'), 'the secret')
  const stop = new SharedArrayBuffer(8)
  const flag = new Int32Array(stop)
  const worker = new Worker(new URL('../fixtures/workspace-swap.mjs', import.meta.url), { workerData: { folder: join(here.root, 'a'), kept: join(here.root, 'kept'), target: here.outside, stop } })
  const ended = once(worker, 'exit')
  await once(worker, 'online')
  const files = filesAt(here.root, here)
  await files.list('.')
  const open = readdirSync('/proc/self/fd').length
  const codes = new Map<unknown, number>()
  const count = (code: unknown): void => void codes.set(code, (codes.get(code) ?? 0) + 1)

  async function round(at: number): Promise<void> {
    if (at % 10 === 0) return count(await codeOf(files.write('a/b/f.txt', 'inside')))
    if (at % 10 === 1) return count(await codeOf(files.write('a/deep/new.txt', 'inside')))
    if (at % 2 === 0) return count(await codeOf(files.list('a/b').then(({ entries }) => expect(entries.map(({ name }) => name)).not.toContain('secret.txt'))))
    count(await codeOf(textOf(files, 'a/b/f.txt').then((text) => expect(text).toBe('inside'))))
  }
  for (let at = 0; at < rounds; at += 20) await Promise.all(Array.from({ length: 20 }, (_, more) => round(at + more)))
  Atomics.store(flag, 0, 1)
  await ended

  expect([...codes.keys()].filter((code) => !expected.has(code as string))).toEqual([])
  // Both happened, or nothing was tried.
  expect(codes.get('no error')).toBeGreaterThan(rounds / 100)
  expect(rounds - codes.get('no error')!).toBeGreaterThan(rounds / 100)
  expect(flag[1]).toBeGreaterThan(1_000)
  // Every descriptor was given back.
  expect(readdirSync('/proc/self/fd').length).toBeLessThan(open + 20)
  expect(readdirSync(here.outside).sort()).toEqual(['b', 'secret.txt'])
  expect(readdirSync(join(here.outside, 'b'))).toEqual(['f.txt'])
  expect(readFileSync(join(here.outside, 'b/f.txt'), 'utf8')).toBe('the secret')
})
