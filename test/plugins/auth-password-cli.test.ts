import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commands } from 'nexus-gateway/sdk'
import { askPassword } from '../../plugins/auth/password/ask.ts'
import { passwordCommands } from '../../plugins/auth/password/cli.ts'
import { createPassword, type Password } from '../../plugins/auth/password/password.ts'
import { passwordMethods } from '../../plugins/auth/password/verbs.ts'
import { createSlots } from '../../plugins/auth/slots.ts'
import { codeOf, partBench, requestOf } from './auth-shared-harness.ts'

const right = 'a right good password'

describe('nexus auth password', () => {
  const all = commands(passwordCommands)
  const stdin = (text: string | Buffer, tty = false) => Object.assign(new PassThrough(), { isTTY: tty }).end(text) as unknown as NodeJS.ReadStream
  const told: string[] = []
  const stderr = { write: (text: string) => void told.push(text) } as unknown as NodeJS.WriteStream
  const io = (input: NodeJS.ReadStream) => ({ stdin: input, stderr, signal: new AbortController().signal })

  test('sets what is piped in, without the newline at its end, and --remove takes it away', async () => {
    let password: Password | undefined
    await using b = await partBench((host) => password = createPassword(host), { methods: passwordMethods })
    const calls: unknown[] = []
    const enter = async (): Promise<string> => codeOf(await password!.way.admit(requestOf({ password: right })))
    const run = (input: NodeJS.ReadStream, options: Record<string, boolean> = {}) => all['auth password']!.run({
      ...io(input), options, args: {}, json: false, print: (text: string) => void told.push(text),
      call: (name: string, params: unknown) => { calls.push(name); return b.k.call(name, params) },
    } as never)
    expect(await run(stdin(`${right}\r\n`))).toBe(0)
    expect(await enter()).toBe('password')
    expect(await run(stdin(''), { remove: true })).toBe(0)
    expect(await enter()).toBe('AUTH_PASSWORD_NOT_CONFIGURED')
    expect(calls).toEqual(['auth.password.set', 'auth.password.remove'])
  })

  test('asks on a terminal twice, and shows nothing of it', async () => {
    told.length = 0
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input }) as unknown as NodeJS.ReadStream & PassThrough
    const asked = askPassword(io(input))
    input.write(`${right}\r`)
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    input.write(`${right}\r`)
    expect(await asked).toBe(right)
    expect(told.join('')).toBe('New password (not shown): \nOnce more: \n')
  })

  test('two that differ are refused, and Ctrl-C ends it', async () => {
    for (const [first, second, expected] of [[right, 'something else', 'NEXUS_AUTH_PASSWORD_TWICE'], [right, '\u0003', undefined], ['\u0003', '', undefined]] as const) {
      const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input }) as unknown as NodeJS.ReadStream & PassThrough
      const asked = askPassword(io(input)).then((given) => given, (error: { code: string }) => error.code)
      input.write(first === '\u0003' ? first : `${first}\r`)
      await new Promise((resolve) => { setTimeout(resolve, 20) })
      input.write(second === '\u0003' ? second : `${second}\r`)
      expect(await asked).toBe(expected)
    }
  })

  test('what is no text or far too long is refused before it is sent', async () => {
    for (const text of [Buffer.from([0xff, 0xfe]), 'x'.repeat(10_000)]) await expect(askPassword(io(stdin(text)))).rejects.toMatchObject({ code: 'NEXUS_AUTH_PASSWORD' })
  })
})

test('slots: never more at once than said, never more waiting, and a failure frees its place', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 5 }), fc.array(fc.record({ steps: fc.integer({ min: 0, max: 4 }), fails: fc.boolean(), pause: fc.integer({ min: 0, max: 2 }) }), { maxLength: 20 }), async (most, waiting, works) => {
    const slots = createSlots({ most, waiting })
    let [running, peak, refused, settled] = [0, 0, 0, 0]
    const all: Promise<unknown>[] = []
    for (const { steps, fails, pause } of works) {
      const done = slots(async () => {
        peak = Math.max(peak, ++running)
        for (let step = 0; step < steps; step++) await null
        running--
        if (fails) throw new Error('failed')
      })
      if (done) all.push(done.then(() => settled++, () => settled++))
      else refused++
      for (let step = 0; step < pause; step++) await null
    }
    await Promise.all(all)
    expect(peak).toBeLessThanOrEqual(most)
    expect(settled + refused).toBe(works.length)
    const again = slots(async () => 'free')
    expect(await again).toBe('free')
  }), { numRuns: 300 })
})
