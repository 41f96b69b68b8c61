/** How a device gets in by asking, what it then has, and how it is put out again. */
import { describe, expect, test } from 'vitest'
import { bench, codeOf, pair, phone, requestIn, scopesIn, sharedToken, toldIn, verdict } from './auth-device-harness.ts'

const notPaired = 'PAIRING_REQUIRED not-paired'

describe('a token with a device block', () => {
  test('lets in by itself, and nothing is paired or asked for', async () => {
    await using b = await bench()
    const answer = await phone().enter(b, { auth: { token: sharedToken }, scopes: ['operator.admin'] })
    expect(answer).toMatchObject({ ok: true, caller: { id: 'token' } })
    expect(toldIn(answer)).toBeUndefined()
    expect(await b.list()).toEqual({ pending: [], paired: [] })
    expect(b.writes).toEqual([])
  })

  test('is refused with a wrong block, a wrong token, and a wrong device token beside it', async () => {
    await using b = await bench()
    const one = phone()
    const { connect, ...rest } = one.request(b, { auth: { token: sharedToken } })
    expect(verdict(await b.enter({ ...rest, connect: { ...connect, scopes: ['operator.admin'] } }))).toBe('DEVICE_AUTH_SIGNATURE_INVALID')
    expect(verdict(await one.enter(b, { auth: { token: 'wrong' } }))).toBe('AUTH_TOKEN_MISMATCH')
    expect(verdict(await one.enter(b, { auth: { token: sharedToken, deviceToken: 'x' } }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    expect(verdict(await one.enter(b, { auth: { token: sharedToken, bootstrapToken: 'x' } }))).toBe('AUTH_BOOTSTRAP_TOKEN_INVALID')
  })
})

describe('a device that is not paired', () => {
  test('is refused with the request that was recorded for it, and the operators are told', async () => {
    await using b = await bench()
    const one = phone('My phone')
    const answer = await one.enter(b, { scopes: ['operator.write', 'operator.read'] })
    expect(answer).toMatchObject({ ok: false, wire: 'NOT_PAIRED', code: 'PAIRING_REQUIRED', details: { reason: 'not-paired', deviceId: one.id } })
    const [request] = (await b.list()).pending
    expect(request).toMatchObject({ requestId: requestIn(answer), deviceId: one.id, displayName: 'My phone', platform: 'iOS', clientId: 'openclaw-ios', role: 'operator', scopes: ['operator.read', 'operator.write'], remoteIp: '192.0.2.1', silent: false, isRepair: false })
    expect(b.k.events.filter(({ name }) => name === 'device.pair.requested').map(({ payload }) => payload)).toEqual([request])
    expect(b.k.kernel.events.get('device.pair.requested')?.access).toBe('operator.pairing')
  })

  test('that asks again has one request, and is told of once', async () => {
    await using b = await bench()
    const one = phone()
    const ids = new Set<string>()
    for (let i = 0; i < 5; i++) {
      ids.add(requestIn(await one.enter(b)))
      await b.k.clock.advance(9 * 60_000)
    }
    expect(ids.size).toBe(1)
    expect((await b.list()).pending).toHaveLength(1)
    expect(b.k.events.filter(({ name }) => name.startsWith('device.pair.'))).toHaveLength(1)
  })

  test('that asks for something else has its first request replaced: what is approved is what was shown', async () => {
    await using b = await bench()
    const one = phone()
    const shown = await one.enter(b, { scopes: ['operator.read'] })
    const other = await one.enter(b, { scopes: ['operator.admin'] })
    expect((await b.list()).pending.map(({ requestId }) => requestId)).toEqual([requestIn(other)])
    expect(await codeOf(b.approve(shown))).toBe('NEXUS_AUTH_REQUEST_UNKNOWN')
    expect((await b.list()).paired).toEqual([])
  })

  test('is forgotten after ten minutes', async () => {
    await using b = await bench()
    const answer = await phone().enter(b)
    await b.k.clock.advance(600_000)
    expect(b.k.events.at(-1)).toMatchObject({ name: 'device.pair.resolved', payload: { requestId: requestIn(answer), decision: 'expired' } })
    expect((await b.list()).pending).toEqual([])
    expect(await codeOf(b.approve(answer))).toBe('NEXUS_AUTH_REQUEST_UNKNOWN')
  })

  test('with what cannot be a scope is refused and not recorded', async () => {
    await using b = await bench()
    for (const scopes of [['x'], [`operator.${'a'.repeat(200)}`], ['operator.read\u001b[2J'], Array.from({ length: 65 }, (_, i) => `a.b${i}`)]) expect(verdict(await phone().enter(b, { scopes }))).toBe('DEVICE_AUTH_INVALID')
    expect((await b.list()).pending).toEqual([])
  })

  test('is not asked about on the local socket, where somebody else may be let in, except as a node', async () => {
    await using b = await bench()
    expect(verdict(await phone().enter(b, { listener: 'unix' }))).toBe('AUTH_TOKEN_MISSING')
    expect((await b.list()).pending).toEqual([])
    expect(verdict(await phone().enter(b, { listener: 'unix', role: 'node', scopes: [] }))).toBe(notPaired)
  })

  test('is not let in by a device token, a code without a block, or as a node by the shared token', async () => {
    await using b = await bench()
    const token = await pair(b, phone())
    expect(verdict(await phone().enter(b, { auth: { deviceToken: token } }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    expect(verdict(await phone().enter(b, { auth: { token } }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    expect(verdict(await b.enter({ connect: { auth: { deviceToken: token } } }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    expect(verdict(await b.enter({ connect: { auth: { token } }, token }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    expect(verdict(await b.enter({ transport: 'http', token }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    expect(verdict(await b.enter({ connect: { auth: { bootstrapToken: 'x' } } }))).toBe('DEVICE_IDENTITY_REQUIRED')
    expect(verdict(await b.enter({ connect: { auth: { token: sharedToken } }, token: sharedToken, role: 'node' }))).toBe('PAIRING_REQUIRED')
    expect(verdict(await phone().enter(b, { role: 'node', scopes: [], auth: { token: sharedToken } }))).toBe(notPaired)
  })
})

describe('approval', () => {
  test('lets the device in with what it asked for, and tells its token once', async () => {
    await using b = await bench()
    const one = phone()
    const asked = { scopes: ['operator.write', 'operator.read'] }
    const answer = await one.enter(b, asked)
    expect(await b.approve(answer)).toMatchObject({ requestId: requestIn(answer), device: { deviceId: one.id, role: 'operator', scopes: ['operator.read', 'operator.write'] } })
    expect(b.k.events.at(-1)).toMatchObject({ name: 'device.pair.resolved', payload: { requestId: requestIn(answer), deviceId: one.id, decision: 'approved' } })
    const first = await one.enter(b, asked)
    expect(first).toMatchObject({ ok: true, caller: { id: `device:${one.id}`, role: 'operator', label: 'device' } })
    expect(scopesIn(first)).toEqual(['operator.read', 'operator.write'])
    const token = toldIn(first) as string
    expect(token).toMatch(/^nxd_[\w-]{43}$/)
    for (const auth of [{}, { deviceToken: token }, { token }, { token, deviceToken: token }]) {
      const again = await one.enter(b, { ...asked, auth })
      expect([verdict(again), toldIn(again)]).toEqual(['in', undefined])
    }
    expect(verdict(await one.enter(b, { ...asked, auth: { deviceToken: `${token.slice(0, -1)}~` } }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
  })

  test('makes one token, though the device comes in twice at once', async () => {
    await using b = await bench()
    const one = phone()
    await b.approve(await one.enter(b))
    const answers = await Promise.all([one.enter(b), one.enter(b), one.enter(b)])
    expect(answers.map(verdict)).toEqual(['in', 'in', 'in'])
    const [token, ...more] = answers.map(toldIn).filter((told) => told !== undefined)
    expect(more).toEqual([])
    expect(verdict(await one.enter(b, { auth: { deviceToken: token as string } }))).toBe('in')
  })

  test('is good once', async () => {
    await using b = await bench()
    const answer = await phone().enter(b)
    const results = await Promise.all(Array.from({ length: 5 }, () => codeOf(b.approve(answer))))
    expect(results.sort()).toEqual([...Array.from({ length: 4 }, () => 'NEXUS_AUTH_REQUEST_UNKNOWN'), 'ok'])
  })

  test('gives fewer scopes, none for none, and the device comes in with these though it asks for all', async () => {
    await using b = await bench()
    for (const [given, held] of [[['operator.read'], ['operator.read']], [[], []]] as const) {
      const one = phone()
      await pair(b, one, { scopes: ['operator.write', 'operator.admin'] }, given)
      const answer = await one.enter(b, { scopes: ['operator.write', 'operator.admin'] })
      expect([verdict(answer), scopesIn(answer)]).toEqual(['in', held])
    }
  })

  test('gives neither more than was asked for nor more than the approver holds', async () => {
    await using b = await bench()
    const answer = await phone().enter(b, { scopes: ['operator.write'] })
    expect(await codeOf(b.approve(answer, ['operator.admin']))).toBe('NEXUS_AUTH_ESCALATES')
    expect(await codeOf(b.approve(answer, ['operator.write', 'node.invoke']))).toBe('NEXUS_AUTH_ESCALATES')
    const approve = (scopes: string[], o: object = {}) => codeOf(b.call('device.pair.approve', { requestId: requestIn(answer) }, { scopes, ...o }))
    expect(await approve(['operator.pairing', 'operator.read'])).toBe('NEXUS_AUTH_ESCALATES')
    expect(await approve(['operator.admin', 'operator.pairing'], { label: 'tool' })).toBe('NEXUS_AUTH_DEVICE_LABEL')
    expect(await approve(['operator.write'])).toBe('NEXUS_CALL_DENIED')
    expect((await b.list()).paired).toEqual([])
    expect(await approve(['operator.pairing', 'operator.write'])).toBe('ok')
  })

  test('hands on what the approver is bound to, and nobody unbinds it in passing', async () => {
    await using b = await bench()
    const one = phone()
    const bound = { caller: { bounds: { agent: 'main' } } }
    await b.call('device.pair.approve', { requestId: requestIn(await one.enter(b)) }, bound)
    expect(await one.enter(b)).toMatchObject({ ok: true, caller: { bounds: { agent: 'main' } } })
    await b.approve(await one.enter(b, { scopes: ['operator.write'] }))
    expect(await one.enter(b)).toMatchObject({ ok: true, caller: { bounds: { agent: 'main' } } })
    const free = phone()
    await pair(b, free)
    expect(await codeOf(b.call('device.pair.remove', { deviceId: free.id }, bound))).toBe('NEXUS_AUTH_ESCALATES')
  })

  test('or rejection, not both; the rejected device may ask again', async () => {
    await using b = await bench()
    const one = phone()
    const answer = await one.enter(b)
    expect(await b.call('device.pair.reject', { requestId: requestIn(answer) })).toEqual({ requestId: requestIn(answer), deviceId: one.id })
    expect(b.k.events.at(-1)).toMatchObject({ payload: { decision: 'rejected' } })
    expect(await codeOf(b.approve(answer))).toBe('NEXUS_AUTH_REQUEST_UNKNOWN')
    expect(requestIn(await one.enter(b))).not.toBe(requestIn(answer))
  })
})

describe('a paired device that asks for more', () => {
  test('scopes: is refused until it is approved again, and keeps what it had', async () => {
    await using b = await bench()
    const one = phone()
    await pair(b, one)
    const more = await one.enter(b, { scopes: ['operator.read', 'operator.pairing'] })
    expect(more).toMatchObject({ ok: false, wire: 'NOT_PAIRED', details: { reason: 'scope-upgrade', approvedScopes: ['operator.read'], requestedScopes: ['operator.pairing', 'operator.read'] } })
    expect(scopesIn(await one.enter(b))).toEqual(['operator.read'])
    expect((await b.list()).pending).toMatchObject([{ reason: 'scope-upgrade', isRepair: true, scopes: ['operator.pairing', 'operator.read'] }])
    await b.approve(more)
    expect(scopesIn(await one.enter(b, { scopes: ['operator.pairing'] }))).toEqual(['operator.pairing', 'operator.read'])
    expect(b.ended).toEqual([])
  })

  test('fewer is no question', async () => {
    await using b = await bench()
    const one = phone()
    await pair(b, one, { scopes: ['operator.write'] })
    for (const scopes of [[], ['operator.read'], ['operator.write'], ['public']]) expect(verdict(await one.enter(b, { scopes }))).toBe('in')
  })

  test('another role: is a question of its own, with a token of its own', async () => {
    await using b = await bench()
    const one = phone()
    const token = await pair(b, one)
    const asked = { role: 'node', scopes: ['node.invoke'] } as const
    expect(verdict(await one.enter(b, { ...asked, auth: { deviceToken: token } }))).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    const answer = await one.enter(b, asked)
    expect(verdict(answer)).toBe('PAIRING_REQUIRED role-upgrade')
    await b.approve(answer)
    const node = await one.enter(b, asked)
    expect(node).toMatchObject({ ok: true, caller: { id: `device:${one.id}`, role: 'node', label: 'node' } })
    expect(scopesIn(node)).toEqual(['node.invoke'])
    expect(scopesIn(await one.enter(b, { auth: { deviceToken: token } }))).toEqual(['operator.read'])
    expect(await codeOf(b.call('device.token.rotate', { deviceId: one.id }))).toBe('NEXUS_AUTH_DEVICE_ROLE')
    expect(await codeOf(b.call('device.token.rotate', { deviceId: one.id, role: 'node' }))).toBe('ok')
  })

  test('is not cut down by an approver who holds less than it has', async () => {
    await using b = await bench()
    const one = phone()
    await pair(b, one, { scopes: ['operator.write'] })
    const more = await one.enter(b, { scopes: ['operator.pairing'] })
    const approve = (scopes: string[]) => codeOf(b.call('device.pair.approve', { requestId: requestIn(more), scopes: ['operator.pairing'] }, { scopes }))
    expect(await approve(['operator.pairing', 'operator.read'])).toBe('NEXUS_AUTH_ESCALATES')
    expect(scopesIn(await one.enter(b))).toEqual(['operator.write'])
    expect(await approve(['operator.pairing', 'operator.write'])).toBe('ok')
  })

  test('an approval that leaves it with less puts out what had more', async () => {
    await using b = await bench()
    const one = phone()
    await pair(b, one, { scopes: ['operator.write'] })
    await b.approve(await one.enter(b, { scopes: ['operator.approvals'] }), ['operator.approvals'])
    expect(b.ended).toMatchObject([{ ids: [`device:${one.id}`] }])
    expect(scopesIn(await one.enter(b))).toEqual(['operator.approvals'])
  })
})

describe('a node', () => {
  test('is approved by whoever may pair, with scopes of nodes only', async () => {
    await using b = await bench()
    const one = phone()
    const ask = { role: 'node', scopes: ['node.invoke', 'operator.read'] } as const
    const answer = await one.enter(b, ask)
    expect(await codeOf(b.approve(answer))).toBe('NEXUS_AUTH_ESCALATES')
    const approve = (scopes: string[]) => codeOf(b.call('device.pair.approve', { requestId: requestIn(answer), scopes: ['node.invoke'] }, { scopes }))
    expect(await approve(['operator.write'])).toBe('NEXUS_CALL_DENIED')
    expect(await approve(['operator.pairing'])).toBe('ok')
    expect(scopesIn(await one.enter(b, ask))).toEqual(['node.invoke'])
    expect(verdict(await one.enter(b))).toBe('PAIRING_REQUIRED role-upgrade')
  })
})
