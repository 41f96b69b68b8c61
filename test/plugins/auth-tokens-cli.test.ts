/** `nexus tokens …`: the token alone on standard output, and lengths of time as people write them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tokenCommands } from '../../plugins/auth/tokens/cli.ts'
import { parseTtl } from '../../plugins/auth/tokens/ttl.ts'
import { bench, type Bench } from './auth-tokens-harness.ts'

const run = (b: Bench, line: string) => b.k.cli(tokenCommands, line)

describe('nexus tokens', () => {
  test('create prints the token alone, and what to know beside it', async () => {
    await using b = await bench()
    const { code, stdout, stderr } = await run(b, 'tokens create ci --scope read --scope cost.manage --ttl 12h --agent main')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^nxt_[\w-]{43}\n$/)
    expect(stderr).toBe('Holds cost.manage, operator.read until 2026-01-01 12:00 UTC. It is shown this once; what is kept is a digest of it.\n')
    expect(b.enter(stdout.trim())).toMatchObject({ ok: true, caller: { id: 'token:ci', scopes: new Set(['operator.read', 'cost.manage']), bounds: { agent: 'main' } } })
  })

  test('create --json has it as .token, and standard error is empty', async () => {
    await using b = await bench()
    const { json, stderr } = await run(b, 'tokens create ci --scope read,write --json')
    const token = (json[0] as { token: string }).token
    expect(json).toEqual([{ name: 'ci', token, scopes: ['operator.read', 'operator.write'], createdAt: b.k.clock.now() }])
    expect(b.enter(token)).toMatchObject({ ok: true })
    expect(stderr).toBe('')
  })

  test('create without a scope makes nothing, and says which there are', async () => {
    await using b = await bench()
    for (const line of ['tokens create ci', 'tokens create ci --scope ,']) {
      await expect(run(b, line)).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_SCOPE', exit: 64, fix: expect.stringContaining('read, write, approvals, pairing, admin') as string })
    }
    expect(await b.list()).toEqual([])
  })

  test.each([['--scope read --ttl 1w', 'NEXUS_AUTH_TOKEN_TTL'], ['--scope read --budget 5', 'NEXUS_AUTH_NO_LEDGER'], ['--scope public.', 'NEXUS_CALL_INVALID_PARAMS'], ['--scope node.x', 'NEXUS_CALL_INVALID_PARAMS'], ['--scope read --agent ..', 'NEXUS_CALL_INVALID_PARAMS']])('create %s is refused', async (options, code) => {
    await using b = await bench()
    await expect(run(b, `tokens create ci ${options}`)).rejects.toMatchObject({ code })
    expect(await b.list()).toEqual([])
  })

  test('list, rotate and revoke', async () => {
    await using b = await bench()
    expect((await run(b, 'tokens list')).stdout).toContain('nexus tokens create NAME --scope read')
    const first = (await run(b, 'tokens create ci --scope read --agent main')).stdout.trim()
    await run(b, 'tokens create deploy --scope write --ttl 90s')
    b.enter(first)
    await b.k.clock.advance(90_000)
    expect((await run(b, 'tokens list')).stdout).toBe([
      'NAME    HOLDS UNTIL  LAST USED         SCOPES',
      'ci      revoked      2026-01-01 00:00  operator.read (agent main)',
      'deploy  expired      never             operator.write',
      '',
    ].join('\n'))
    expect((await run(b, 'tokens list --json')).json).toEqual([{ tokens: await b.list() }])
    const second = await run(b, 'tokens rotate ci')
    expect(second.stdout).toMatch(/^nxt_[\w-]{43}\n$/)
    expect(second.stderr).toContain('until it is rotated or revoked')
    expect([b.enter(first)?.ok, b.enter(second.stdout.trim())?.ok]).toEqual([false, true])
    expect((await run(b, 'tokens rotate ci --json')).json).toMatchObject([{ name: 'ci', token: expect.stringMatching(/^nxt_/) as string }])
    expect((await run(b, 'tokens revoke ci')).stdout).toBe('Revoked.\n')
    expect((await run(b, 'tokens revoke deploy --json')).json).toEqual([{ name: 'deploy', revoked: true }])
    await expect(run(b, 'tokens revoke ci')).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_UNKNOWN', exit: 66 })
  })

  test('has commands that work without a gateway, each with an example, and none that takes a token', () => {
    for (const [name, { offline, examples = [], options = {}, args = [] }] of Object.entries(tokenCommands)) {
      expect([name, offline, examples.length > 0]).toEqual([name, true, true])
      expect(Object.keys(options).concat(args)).not.toContain('token')
    }
  })
})

describe('a length of time', () => {
  const factor = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

  test('is a number and a unit', () => {
    expect(['90s', '15m', '12h', '30d', '3650d'].map(parseTtl)).toEqual([90_000, 900_000, 43_200_000, 30 * 86_400_000, 3650 * 86_400_000])
    fc.assert(fc.property(fc.integer({ min: 1, max: 3650 }), fc.constantFrom('s', 'm', 'h', 'd'), (number, unit) => {
      expect(parseTtl(`${number}${unit}`)).toBe(number * factor[unit as keyof typeof factor])
    }))
  })

  test('is nothing else', () => {
    const bad = ['', '0s', '5', 's', '-1s', '+1s', '1.5h', '1e3s', '01d', '1D', '1 d', ' 1d', '1d ', '1d2h', '1w', '1ms', '0x1s', '3651d', '999999999d', '9999999999999s', '1d\n', '٣d', 'NaNs', 'constructor']
    for (const text of bad) expect(() => parseTtl(text), text).toThrow(expect.objectContaining({ code: 'NEXUS_AUTH_TOKEN_TTL' }))
    fc.assert(fc.property(fc.string(), (text) => {
      if (!/^[1-9]\d*[smhd]$/.test(text)) expect(() => parseTtl(text)).toThrow()
    }))
  })
})
