/** What a process that fell silent is ended for, in words. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import type { Limits } from '../../plugins/isolation/contract.ts'
import { asleep, sample } from '../../plugins/isolation/host/proc.ts'
import { watchProcess } from '../../plugins/isolation/host/watch.ts'

const limits: Limits = { memoryMb: 200, cpuSeconds: 60, hangMs: 500 } as Limits

/** The verdict on a process that holds so much, says so, and then runs `code`. */
async function verdictOn(holdsMb: number, code: string): Promise<string> {
  const child = spawn(process.execPath, ['-e', `const held = Buffer.alloc(${holdsMb} * 1024 * 1024, 1); process.stdout.write('x', () => { ${code}; held.length })`], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await once(child.stdout, 'data')
    return await new Promise((resolve) => {
      watchProcess({ limits, pid: () => child.pid, busy: () => true, unread: () => 0, ping: () => {}, onVerdict: resolve }).heard()
    })
  } finally {
    child.kill('SIGKILL')
  }
}

describe.skipIf(process.platform !== 'linux')('a process is asleep', () => {
  const blocked = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'
  it.each([
    ['when all of its threads are', blocked, true],
    ['and not while one of them runs, such as what reads files for it', `new (require('node:worker_threads').Worker)('for (;;);', { eval: true }).once('online', () => { ${blocked} })`, false],
  ])('%s', async (_, code, expected) => {
    const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' })
    try {
      // A start is busy, and ends in the one or the other.
      await vi.waitFor(async () => {
        expect((await sample(child.pid))?.state).toBe('S')
        expect(await asleep(child.pid)).toBe(expected)
      }, { timeout: 20_000, interval: 50 })
    } finally {
      child.kill('SIGKILL')
    }
    await once(child, 'exit')
    expect(await asleep(child.pid)).toBe(false)
  })
})

describe.skipIf(process.platform !== 'linux')('a process that is silent', () => {
  it.each([
    ['and busy, with its memory nearly full', 115, 'for (;;);', /^it answered nothing for \d+ ms with 1\d\d of its 200 MiB of memory taken/],
    ['and stuck, with its memory nearly full', 115, 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', /^it answered nothing for \d+ ms with 1\d\d of its 200 MiB of memory taken/],
    ['and busy, with ever less memory to spare', 1, 'for (const all = []; ; ) { all.push(Buffer.alloc(2 ** 20, 1)); for (const end = performance.now() + 8; performance.now() < end;); }', /^it answered nothing for \d+ ms with \d+ of its 200 MiB of memory taken/],
    ['and busy, with memory to spare', 1, 'for (;;);', /^it answered nothing for \d+ ms( and kept the processor busy)?$/],
    ['and stuck, with memory to spare', 1, 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', /^it answered nothing for \d+ ms and was stuck$/],
  ])('%s', async (_, holdsMb, code, reason) => {
    expect(await verdictOn(holdsMb, code)).toMatch(reason)
  })
})
