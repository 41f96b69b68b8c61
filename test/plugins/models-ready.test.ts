/** A request that is made ready while something has still to reach the disk. */
import { expect, test } from 'vitest'
import { gateway, provider, refused } from './models-gateway.ts'
import type { Reply } from './models-gateway.ts'

const settled = () => new Promise((resolve) => { setImmediate(resolve) })

test('is announced meanwhile and sent afterwards, to whoever else is asked too; a provider gets nothing of that', async () => {
  const asked: string[] = []
  const given: unknown[] = []
  const reply = (script: Reply) => (request: object): Reply => {
    given.push('ready' in request)
    return script
  }
  await using g = await gateway([provider('a', asked, reply('auth')), provider('b', asked, reply('ok'))], { fallbacks: ['b/m'] })
  let write = (): void => {}
  const asking = g.ask({ ready: new Promise<void>((resolve) => { write = resolve }) })
  await settled()
  expect([g.seen.before.length, asked]).toEqual([1, []])
  write()
  expect((await asking).text).toBe('b says hi')
  expect([asked, given]).toEqual([['a/m', 'b/m'], [false, false]])
})

test('is refused with what stands in the way, which nobody else is tried for', async () => {
  const asked: string[] = []
  await using g = await gateway([provider('a', asked, () => 'ok'), provider('b', asked, () => 'ok')], { fallbacks: ['b/m'] })
  const ready = Promise.reject(Object.assign(new Error('disk'), { code: 'X' }))
  expect(await refused(g.ask({ ready }))).toBe('X')
  expect([asked, g.seen.after.map(([, { status }]) => status)]).toEqual([[], ['refused']])
})
