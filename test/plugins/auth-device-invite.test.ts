/** Codes that pair a device: once, one device, with the scopes they were made with (C06). */
import { describe, expect, test } from 'vitest'
import { bench, codeOf, pair, phone, scopesIn, stateDir, toldIn, verdict, type Bench } from './auth-device-harness.ts'

const invalid = 'AUTH_BOOTSTRAP_TOKEN_INVALID'
const invite = async (b: Bench, params: object = { scopes: ['operator.read'] }, o: object = {}): Promise<string> => (await b.call('device.pair.invite', params, o) as { code: string }).code
const used = (code: string) => ({ auth: { bootstrapToken: code } })

describe('an invite', () => {
  test('pairs the device that shows it, and tells its token', async () => {
    await using b = await bench()
    const code = await invite(b)
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
    const one = phone()
    const answer = await one.enter(b, used(code))
    expect([verdict(answer), scopesIn(answer)]).toEqual(['in', ['operator.read']])
    expect(verdict(await one.enter(b, { auth: { deviceToken: toldIn(answer) as string } }))).toBe('in')
    expect(b.k.events.at(-1)).toMatchObject({ name: 'device.pair.resolved', payload: { deviceId: one.id, decision: 'approved' } })
    expect((await b.list()).paired).toMatchObject([{ deviceId: one.id, tokens: [{ approvedBy: 'test' }] }])
  })

  test('may be written as people do', async () => {
    await using b = await bench()
    const code = (await invite(b)).toLowerCase().replace(/-/g, ' ').replace(/0/g, 'o').replace(/1/g, 'l')
    expect(verdict(await phone().enter(b, used(code)))).toBe('in')
  })

  test('replayed is refused, by the same device, by another one, at once and after a restart', async () => {
    const dir = await stateDir()
    const [one, two] = [phone(), phone()]
    let code = ''
    {
      await using b = await bench({ dir })
      code = await invite(b)
      expect((await Promise.all([one, one, one].map((who) => who.enter(b, used(code))))).map(verdict).filter((said) => said === 'in')).toHaveLength(1)
      for (const who of [one, two]) expect(verdict(await who.enter(b, used(code)))).toBe(invalid)
    }
    await using b = await bench({ dir })
    for (const who of [one, two]) expect(verdict(await who.enter(b, used(code)))).toBe(invalid)
    await b.call('device.pair.remove', { deviceId: one.id })
    for (const who of [one, two]) expect(verdict(await who.enter(b, used(code)))).toBe(invalid)
    expect((await b.list()).paired).toEqual([])
  })

  test('of two devices at once pairs one', async () => {
    await using b = await bench()
    const code = await invite(b)
    const answers = await Promise.all([phone(), phone(), phone()].map((who) => who.enter(b, used(code))))
    expect(answers.map(verdict).sort()).toEqual([invalid, invalid, 'in'])
    expect((await b.list()).paired).toHaveLength(1)
  })

  test('gives what it was made with, whatever the device asks for, and empty is none', async () => {
    await using b = await bench()
    const wide = { scopes: ['operator.admin', 'operator.read'] }
    const [one, two] = [phone(), phone()]
    expect(scopesIn(await one.enter(b, { ...wide, ...used(await invite(b)) }))).toEqual(['operator.read'])
    expect(scopesIn(await two.enter(b, { ...wide, ...used(await invite(b, { scopes: [] })) }))).toEqual([])
    for (const [who, held] of [[one, ['operator.read']], [two, []]] as const) expect(scopesIn(await who.enter(b, wide))).toEqual(held)
  })

  test('is not for a device that is paired already: another set by another code is refused, and the code is left', async () => {
    await using b = await bench()
    const one = phone()
    await pair(b, one)
    for (const scopes of [['operator.admin'], []]) {
      const code = await invite(b, { scopes })
      expect(verdict(await one.enter(b, used(code)))).toBe(invalid)
      expect(verdict(await phone().enter(b, used(code)))).toBe('in')
    }
    expect(scopesIn(await one.enter(b))).toEqual(['operator.read'])
  })

  test('lets a device in again that was revoked', async () => {
    await using b = await bench()
    const one = phone()
    await pair(b, one)
    await b.call('device.token.revoke', { deviceId: one.id })
    expect(verdict(await one.enter(b, used(await invite(b))))).toBe('in')
  })

  test('is for its role, and nodes get scopes of nodes', async () => {
    await using b = await bench()
    expect(await codeOf(invite(b, { scopes: ['operator.read'], role: 'node' }))).toBe('NEXUS_AUTH_ESCALATES')
    expect(await codeOf(invite(b, { scopes: ['node.invoke'] }))).toBe('NEXUS_AUTH_ESCALATES')
    const code = await invite(b, { scopes: ['node.invoke'], role: 'node' }, { scopes: ['operator.pairing'] })
    const one = phone()
    expect(verdict(await one.enter(b, used(code)))).toBe(invalid)
    expect(scopesIn(await one.enter(b, { role: 'node', scopes: [], ...used(code) }))).toEqual(['node.invoke'])
  })

  test('holds no more than its maker, and goes with a device that made it', async () => {
    await using b = await bench()
    expect(await codeOf(invite(b, { scopes: ['operator.read'] }, { scopes: ['operator.pairing'] }))).toBe('NEXUS_AUTH_ESCALATES')
    expect(await codeOf(invite(b, { scopes: [] }, { label: 'channel' }))).toBe('NEXUS_AUTH_DEVICE_LABEL')
    const maker = phone()
    await pair(b, maker, { scopes: ['operator.pairing', 'operator.read'] })
    const code = await invite(b, { scopes: ['operator.read'] }, { caller: { id: `device:${maker.id}` }, label: 'device', scopes: ['operator.pairing', 'operator.read'] })
    await b.call('device.token.rotate', { deviceId: maker.id, scopes: ['operator.pairing'] })
    expect(verdict(await phone().enter(b, used(code)))).toBe(invalid)
    await b.call('device.pair.remove', { deviceId: maker.id })
    expect(verdict(await phone().enter(b, used(code)))).toBe(invalid)
    const bound = await invite(b, { scopes: ['operator.read'] }, { caller: { bounds: { agent: 'main' } } })
    expect(await phone().enter(b, used(bound))).toMatchObject({ ok: true, caller: { bounds: { agent: 'main' } } })
  })

  test('is over after its time, and at most 20 are open', async () => {
    await using b = await bench()
    const code = await invite(b)
    const short = await invite(b, { scopes: [], ttlMs: 1_000 })
    await b.k.clock.advance(1_000)
    expect(verdict(await phone().enter(b, used(short)))).toBe(invalid)
    for (let i = 0; i < 19; i++) await invite(b, { scopes: [] })
    expect(await codeOf(invite(b))).toBe('NEXUS_AUTH_INVITES_FULL')
    await b.k.clock.advance(599_000)
    expect(verdict(await phone().enter(b, used(code)))).toBe(invalid)
    expect(await codeOf(invite(b))).toBe('ok')
  })

  test('is on disk before it is given out, and holds after a restart', async () => {
    const dir = await stateDir()
    let code = ''
    {
      await using b = await bench({ dir })
      b.beforeWrite = () => { throw new Error('full') }
      await expect(invite(b)).rejects.toThrow()
      b.beforeWrite = undefined
      code = await invite(b)
      expect(b.writes).toHaveLength(1)
    }
    await using b = await bench({ dir })
    expect(verdict(await phone().enter(b, used(code)))).toBe('in')
  })

  test('is neither used nor another\'s when the device could not be kept', async () => {
    await using b = await bench()
    const code = await invite(b)
    const one = phone()
    b.beforeWrite = (what) => { if (what.startsWith('put auth/devices')) throw new Error('full') }
    await expect(one.enter(b, used(code))).rejects.toThrow()
    expect((await b.list()).paired).toEqual([])
    b.beforeWrite = undefined
    expect(verdict(await phone().enter(b, used(code)))).toBe(invalid)
    expect(verdict(await one.enter(b, used(code)))).toBe('in')
  })

  test('stays used when it could not be taken out of the store, also once its device is removed', async () => {
    const dir = await stateDir()
    const one = phone()
    let code = ''
    {
      await using b = await bench({ dir })
      code = await invite(b)
      b.beforeWrite = (what) => { if (what.startsWith('delete auth/invites')) throw new Error('full') }
      expect(verdict(await one.enter(b, used(code)))).toBe('in')
      await expect(b.call('device.pair.remove', { deviceId: one.id })).rejects.toThrow()
      expect(verdict(await one.enter(b))).toBe('in')
    }
    await using b = await bench({ dir })
    expect(verdict(await phone().enter(b, used(code)))).toBe(invalid)
    await b.call('device.pair.remove', { deviceId: one.id })
    expect(verdict(await phone().enter(b, used(code)))).toBe(invalid)
  })

  test('spends nothing where a token beside it lets in', async () => {
    await using b = await bench()
    const code = await invite(b)
    const one = phone()
    expect(await one.enter(b, { auth: { token: 'the-shared-token', bootstrapToken: code } })).toMatchObject({ ok: true, caller: { id: 'token' } })
    expect(verdict(await one.enter(b, used(code)))).toBe('in')
  })

  test('ends what the device had asked for', async () => {
    await using b = await bench()
    const one = phone()
    await one.enter(b)
    await one.enter(b, used(await invite(b)))
    expect((await b.list()).pending).toEqual([])
  })
})
