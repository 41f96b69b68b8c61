/** How a device that is paired is put out again, and what it can do to itself. */
import { describe, expect, test } from 'vitest'
import { bench, codeOf, pair, phone, requestIn, scopesIn, toldIn, verdict } from './auth-device-harness.ts'

const notPaired = 'PAIRING_REQUIRED not-paired'

describe('out again', () => {
  test('removed stays removed, whatever it still has', async () => {
    await using b = await bench()
    const one = phone()
    const token = await pair(b, one)
    const upgrade = await one.enter(b, { scopes: ['operator.admin'] })
    expect(await b.call('device.pair.remove', { deviceId: one.id })).toEqual({ deviceId: one.id })
    expect(b.ended).toEqual([{ ids: [`device:${one.id}`], reason: 'device removed' }])
    expect(await codeOf(b.approve(upgrade))).toBe('NEXUS_AUTH_REQUEST_UNKNOWN')
    expect(verdict(await one.enter(b, { auth: { deviceToken: token } }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    expect(verdict(await one.enter(b))).toBe(notPaired)
    await b.k.reload('under-test')
    expect(verdict(await one.enter(b))).toBe(notPaired)
    expect(await codeOf(b.call('device.pair.remove', { deviceId: one.id }))).toBe('NEXUS_AUTH_DEVICE_UNKNOWN')
  })

  test('rotated: the old token stops holding, the new one holds, and the key with neither', async () => {
    await using b = await bench()
    const one = phone()
    const old = await pair(b, one)
    const answer: { token: string } = await b.call('device.token.rotate', { deviceId: one.id, role: 'operator' })
    expect(answer).toMatchObject({ deviceId: one.id, role: 'operator', scopes: ['operator.read'], rotatedAtMs: b.k.clock.now() })
    expect(b.ended).toMatchObject([{ ids: [`device:${one.id}`] }])
    expect(verdict(await one.enter(b, { auth: { deviceToken: old } }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    expect(verdict(await one.enter(b, { auth: { deviceToken: answer.token } }))).toBe('in')
    const bare = await one.enter(b)
    expect([verdict(bare), toldIn(bare)]).toEqual(['in', undefined])
  })

  test('rotated with scopes has these and never more', async () => {
    await using b = await bench()
    const one = phone()
    await pair(b, one, { scopes: ['operator.write'] })
    expect(await codeOf(b.call('device.token.rotate', { deviceId: one.id, scopes: ['operator.admin'] }))).toBe('NEXUS_AUTH_ESCALATES')
    await b.call('device.token.rotate', { deviceId: one.id, scopes: ['operator.read'] })
    expect(scopesIn(await one.enter(b, { scopes: ['operator.write'] }))).toEqual(['operator.read'])
    expect(await codeOf(b.call('device.token.rotate', { deviceId: one.id, scopes: ['operator.write'] }))).toBe('NEXUS_AUTH_ESCALATES')
    await b.call('device.token.rotate', { deviceId: one.id, scopes: [] })
    expect(scopesIn(await one.enter(b))).toEqual([])
  })

  test('revoked: neither key nor token lets in until it is rotated or paired again', async () => {
    await using b = await bench()
    const one = phone()
    const token = await pair(b, one)
    const upgrade = await one.enter(b, { scopes: ['operator.admin'] })
    await b.call('device.token.revoke', { deviceId: one.id })
    expect(b.ended).toMatchObject([{ ids: [`device:${one.id}`], reason: 'device token revoked' }])
    expect(await codeOf(b.approve(upgrade))).toBe('NEXUS_AUTH_REQUEST_UNKNOWN')
    expect(verdict(await one.enter(b, { auth: { deviceToken: token } }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    expect(verdict(await one.enter(b))).toBe(notPaired)
    const { token: fresh }: { token: string } = await b.call('device.token.rotate', { deviceId: one.id })
    expect(verdict(await one.enter(b, { auth: { deviceToken: fresh } }))).toBe('in')
    await b.call('device.token.revoke', { deviceId: one.id, role: 'operator' })
    await b.approve(await one.enter(b))
    const again = await one.enter(b)
    expect(toldIn(again)).toMatch(/^nxd_/)
    expect(verdict(await one.enter(b, { auth: { deviceToken: fresh } }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
  })

  test('nobody changes a device that holds more than he does, except itself', async () => {
    await using b = await bench()
    const one = phone()
    await pair(b, one, { scopes: ['operator.write', 'operator.pairing'] })
    const verbs = ['device.token.rotate', 'device.token.revoke', 'device.pair.remove']
    for (const verb of verbs) expect(await codeOf(b.call(verb, { deviceId: one.id }, { scopes: ['operator.pairing', 'operator.read'] }))).toBe('NEXUS_AUTH_ESCALATES')
    expect(verdict(await one.enter(b))).toBe('in')
    const self = { scopes: ['operator.pairing'], caller: { id: `device:${one.id}` }, label: 'device' as const }
    const { token }: { token: string } = await b.call('device.token.rotate', { deviceId: one.id }, self)
    // Its answer goes first; then it is out as anybody would be.
    expect(b.ended).toEqual([])
    await b.k.clock.advance(500)
    expect(b.ended).toMatchObject([{ reason: 'device token rotated' }])
    expect(verdict(await one.enter(b, { auth: { deviceToken: token } }))).toBe('in')
    await b.call('device.pair.remove', { deviceId: one.id }, self)
    expect(verdict(await one.enter(b))).toBe(notPaired)
    expect(await codeOf(b.call('device.pair.invite', { scopes: [] }, self))).toBe('NEXUS_AUTH_ESCALATES')
    await b.k.clock.advance(500)
  })

  test('what waited behind its own removal is not done', async () => {
    await using b = await bench()
    const one = phone()
    await pair(b, one, { scopes: ['operator.pairing', 'operator.read'] })
    const asked = await phone().enter(b)
    const self = { scopes: ['operator.pairing', 'operator.read'], caller: { id: `device:${one.id}` }, label: 'device' as const }
    const removed = b.call('device.pair.remove', { deviceId: one.id })
    const late = codeOf(b.call('device.pair.approve', { requestId: requestIn(asked) }, self))
    await removed
    expect(await late).toBe('NEXUS_AUTH_ESCALATES')
  })

  test('a device removed while other ways take their time is not let in', async () => {
    let slow = (): Promise<void> => Promise.resolve()
    await using b = await bench({ slow: () => slow() })
    const one = phone()
    const token = await pair(b, one)
    for (const [verb, auth, code] of [['device.token.rotate', { deviceToken: token }, 'AUTH_DEVICE_TOKEN_MISMATCH'], ['device.token.revoke', {}, 'PAIRING_REQUIRED'], ['device.pair.remove', {}, 'PAIRING_REQUIRED']] as const) {
      let go = (): void => {}
      const blocked = new Promise<void>((resolve) => { go = resolve })
      slow = () => blocked
      const entering = one.enter(b, { auth })
      await b.call(verb, { deviceId: one.id })
      go()
      expect(verdict(await entering)).toBe(code)
      slow = () => Promise.resolve()
      if (verb === 'device.token.revoke') await b.call('device.token.rotate', { deviceId: one.id })
    }
  })

  test('a device removed while its first token is written is let in by nothing', async () => {
    await using b = await bench()
    const one = phone()
    await b.approve(await one.enter(b))
    let go = (): void => {}
    const blocked = new Promise<void>((resolve) => { go = resolve })
    b.beforeWrite = (what) => (what.startsWith('put auth/devices') ? blocked : undefined)
    const removing = b.call('device.pair.remove', { deviceId: one.id })
    const entering = one.enter(b)
    go()
    await removing
    // Its turn came after the removal: there is nothing to make a token for.
    expect(verdict(await entering)).toMatch(/^PAIRING_REQUIRED/)
    expect((await b.list()).paired).toEqual([])
  })
})
