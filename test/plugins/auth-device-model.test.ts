/** Whatever is done in whatever order, a device is in exactly when it should be, and never with more than was approved last. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { admits } from 'nexus-gateway/sdk'
import { bench, codeOf, pair, phone, requestIn, scopesIn, stateDir, toldIn, type Bench, type Phone } from './auth-device-harness.ts'

type Role = 'operator' | 'node'
interface Grant { scopes: string[]; decided: string[]; token: string | undefined; revoked: boolean }
interface Pending { requestId: string; scopes: string[] }
interface Model { readonly who: Phone; readonly grants: Partial<Record<Role, Grant>>; readonly pending: Partial<Record<Role, Pending>>; readonly old: string[] }

const scopesOf = { operator: ['operator.read', 'operator.write', 'operator.pairing', 'cost.manage'], node: ['node.invoke', 'node.events'] } as const
const approver = ['operator.pairing', 'operator.read']

const some = fc.nat({ max: 15 })
const step = fc.record({
  act: fc.constantFrom('connect', 'connect', 'connect', 'approve', 'approve', 'reject', 'remove', 'rotate', 'revoke', 'restart', 'fail'),
  device: fc.nat({ max: 2 }), role: fc.constantFrom<Role>('operator', 'operator', 'node'), mask: some, narrow: fc.boolean(), by: fc.constantFrom('admin', 'pairing'), token: fc.constantFrom('none', 'own', 'old', 'other'),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const masked = (role: Role, mask: number): string[] => scopesOf[role].filter((_, i) => (mask >> i) & 1)
const all = (scopes: readonly string[], within: readonly string[]): boolean => scopes.every((scope) => admits(new Set(within), scope))
const unique = (...scopes: readonly string[]): string[] => [...new Set(scopes)].sort()

/** Does one step to both and compares. */
async function run(b: Bench, models: readonly Model[], s: Step): Promise<void> {
  const model = models[s.device] as Model
  const { who, grants, pending } = model
  const grant = grants[s.role]
  const live = grant && !grant.revoked ? grant : undefined
  const fails = b.beforeWrite !== undefined
  const by = s.by === 'admin' ? {} : { scopes: approver }
  const mayHold = (role: Role, scopes: readonly string[]): boolean => role === 'node' || s.by === 'admin' || all(scopes, approver)
  const mine = (role: Role): boolean => grants[role] === undefined || mayHold(role, grants[role].scopes)
  const expectCode = async (work: Promise<unknown>, allowed: boolean): Promise<boolean> => {
    const done = await codeOf(work) === 'ok'
    expect(done, `${s.act} by ${s.by}`).toBe(allowed && !fails)
    return done
  }

  if (s.act === 'fail') b.beforeWrite = fails ? undefined : (what) => { if (what.includes('auth/devices')) throw new Error('full') }
  if (s.act === 'restart') {
    const before = (await b.list()).paired
    await b.k.reload('under-test')
    expect((await b.list()).paired).toEqual(before)
    for (const one of models) for (const role of ['operator', 'node'] as const) delete one.pending[role]
  }
  if (s.act === 'connect') await connect()
  if (s.act === 'approve' && pending[s.role]) {
    const { requestId, scopes } = pending[s.role] as Pending
    const given = s.narrow ? scopes.filter((_, i) => (s.mask >> i) & 1) : scopes
    const allowed = mayHold(s.role, given) && (!live || mayHold(s.role, live.scopes))
    if (await expectCode(b.call('device.pair.approve', { requestId, ...(s.narrow && { scopes: given }) }, by), allowed)) {
      grants[s.role] = { scopes: given, decided: unique(...scopes, ...live?.decided ?? []), token: live?.token, revoked: false }
      delete pending[s.role]
    }
  }
  if (s.act === 'reject' && pending[s.role]) {
    await b.call('device.pair.reject', { requestId: pending[s.role]?.requestId }, by)
    delete pending[s.role]
  }
  if (s.act === 'remove') {
    const known = grants.operator !== undefined || grants.node !== undefined
    if (await expectCode(b.call('device.pair.remove', { deviceId: who.id }, by), known && mine('operator') && mine('node'))) {
      for (const role of ['operator', 'node'] as const) {
        if (grants[role]?.token) model.old.push(grants[role].token)
        delete grants[role]
        delete pending[role]
      }
    }
  }
  if (s.act === 'revoke' && await expectCode(b.call('device.token.revoke', { deviceId: who.id, role: s.role }, by), grant !== undefined && mine(s.role)) && grant) {
    if (grant.token) model.old.push(grant.token)
    Object.assign(grant, { revoked: true, token: undefined })
    delete pending[s.role]
  }
  if (s.act === 'rotate') {
    const scopes = grant && s.narrow ? grant.scopes.filter((_, i) => (s.mask >> i) & 1) : undefined
    const work = b.call('device.token.rotate', { deviceId: who.id, role: s.role, ...(scopes && { scopes }) }, by) as Promise<{ token: string }>
    if (await expectCode(work, grant !== undefined && mine(s.role)) && grant) {
      if (grant.token) model.old.push(grant.token)
      Object.assign(grant, { revoked: false, token: (await work).token, scopes: scopes ?? grant.scopes })
    }
  }

  async function connect(): Promise<void> {
    const asked = masked(s.role, s.mask)
    const other = models[(s.device + 1) % models.length]?.grants.operator?.token
    const token = s.token === 'own' ? live?.token : s.token === 'old' ? model.old.at(-1) : s.token === 'other' ? other : undefined
    const answer = await who.enter(b, { role: s.role, scopes: asked, remote: `10.0.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`, ...(token !== undefined && { auth: { deviceToken: token } }) })
    const isGood = token === undefined || token === live?.token
    const admitted = live !== undefined && isGood && asked.every((scope) => admits(new Set(live.scopes), scope) || admits(new Set(live.decided), scope))
    expect(answer.ok, JSON.stringify(answer)).toBe(admitted)
    if (answer.ok && live) {
      expect(scopesIn(answer)).toEqual(unique(...live.scopes))
      const told = toldIn(answer)
      expect(told !== undefined).toBe(live.token === undefined && !fails)
      live.token ??= told
    } else if (!answer.ok && !isGood) {
      expect(answer.code).toBe('AUTH_DEVICE_TOKEN_MISMATCH')
    } else if (!answer.ok && answer.details?.['requestId'] !== undefined) {
      pending[s.role] = { requestId: requestIn(answer), scopes: unique(...live?.scopes ?? [], ...asked) }
    }
  }
}

test('a connect is admitted exactly when the model says so, with what was approved last', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
    await using b = await bench()
    const models: Model[] = Array.from({ length: 3 }, () => ({ who: phone(), grants: {}, pending: {}, old: [] }))
    for (const one of steps) await run(b, models, one)
    b.beforeWrite = undefined
    await run(b, models, { act: 'restart', device: 0, role: 'operator', mask: 0, narrow: false, by: 'admin', token: 'none' })
  }), { numRuns: 120 })
})

test('a store that fails at any write leaves the old table, in memory and on disk', async () => {
  const dir = await stateDir()
  const [one, two, asking] = [phone(), phone(), phone()]
  await using b = await bench({ dir })
  await pair(b, one, { scopes: ['operator.write'] })
  await pair(b, two)
  const before = (await b.list()).paired
  const request = requestIn(await asking.enter(b))
  const works: [string, object][] = [
    ['device.pair.approve', { requestId: request }], ['device.pair.remove', { deviceId: one.id }],
    ['device.token.rotate', { deviceId: one.id, scopes: [] }], ['device.token.revoke', { deviceId: two.id }], ['device.pair.invite', { scopes: [] }],
  ]
  b.beforeWrite = () => { throw new Error('full') }
  for (const [verb, params] of works) expect(await codeOf(b.call(verb, params)), verb).not.toBe('ok')
  expect(b.ended).toEqual([])
  expect((await b.list()).paired).toEqual(before)
  expect((await b.list()).pending.map(({ requestId }) => requestId)).toEqual([request])
  expect(scopesIn(await one.enter(b, { scopes: ['operator.write'] }))).toEqual(['operator.write'])
  b.beforeWrite = undefined
  await b.k.reload('under-test')
  expect((await b.list()).paired.map(({ lastSeenAtMs: _, ...rest }) => rest)).toEqual(before.map(({ lastSeenAtMs: _, ...rest }) => rest))
})

test('what is kept has no token and no code in it; what cannot be read does not hold and can be removed', async () => {
  const dir = await stateDir()
  const one = phone()
  let secrets: string[] = []
  {
    await using b = await bench({ dir })
    const token = await pair(b, one)
    const { code }: { code: string } = await b.call('device.pair.invite', { scopes: [] })
    secrets = [token, code, code.replace(/-/g, '')]
    await b.call('device.token.revoke', { deviceId: one.id })
    const rotated: { token: string } = await b.call('device.token.rotate', { deviceId: one.id })
    secrets.push(rotated.token)
    expect(secrets.filter((secret) => JSON.stringify([b.k.logs, b.k.events]).includes(secret))).toEqual([])
  }
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const texts = (await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')))).join('\n')
  expect(texts).toContain(one.id)
  for (const secret of secrets) expect(texts).not.toContain(secret)

  {
    const { testKernel } = await import('nexus-gateway/sdk/testing')
    const { default: store } = await import('../../plugins/store/index.ts')
    const { Store } = await import('../../plugins/store/contract.ts')
    await using k = await testKernel({ plugins: [store], stateDir: dir })
    const documents = (await k.service(Store)).documents<Record<string, unknown>>('auth/devices')
    const found = (await documents.get(one.id))?.value
    await documents.put(one.id, { ...found, onlyOnSundays: true })
  }
  await using b = await bench({ dir })
  expect((await one.enter(b)).ok).toBe(false)
  expect((await b.list()).paired).toEqual([])
  expect(await codeOf(b.call('device.pair.remove', { deviceId: one.id }, { scopes: ['operator.pairing', 'operator.write'] }))).toBe('NEXUS_AUTH_ESCALATES')
  expect(await codeOf(b.call('device.pair.remove', { deviceId: one.id }))).toBe('ok')
  expect(await codeOf(b.call('device.pair.remove', { deviceId: one.id }))).toBe('NEXUS_AUTH_DEVICE_UNKNOWN')
})

test('when a device was last seen is kept once a minute, and over a restart', async () => {
  const dir = await stateDir()
  const one = phone()
  let seen = 0
  {
    await using b = await bench({ dir })
    await pair(b, one)
    await b.k.clock.advance(60_000)
    const writes = (): number => b.writes.filter((what) => what.includes('device-uses')).length
    expect(writes()).toBe(1)
    for (let i = 0; i < 20; i++) {
      await one.enter(b)
      await b.k.clock.advance(1_000)
    }
    expect(writes()).toBe(1)
    seen = (await b.list()).paired[0]?.lastSeenAtMs as number
    expect(seen).toBe(b.k.clock.now() - 1_000)
  }
  await using b = await bench({ dir })
  expect((await b.list()).paired).toMatchObject([{ lastSeenAtMs: seen }])
})
