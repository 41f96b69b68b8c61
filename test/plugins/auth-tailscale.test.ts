import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { AuthRequest } from 'nexus-gateway/sdk'
import { networks } from '../../plugins/auth/networks.ts'
import { createTailscale, TailscaleSettings, type TailscaleMachine, type TailscaleWay } from '../../plugins/auth/ways/tailscale.ts'
import * as v from 'valibot'
import { codeOf, partBench, requestOf, temporaryDir, type PartBench } from './auth-shared-harness.ts'

const ada = '100.64.0.7'
const whois = (login: string, tags?: string[]): string => JSON.stringify({ Node: { ID: 1, Name: 'laptop.tail.ts.net.', ...(tags && { Tags: tags }) }, UserProfile: { ID: 2, LoginName: login, DisplayName: 'Ada' }, CapMap: null })

interface Bench extends PartBench {
  readonly way: TailscaleWay
  /** What the program was called with, a line each. */
  calls(): Promise<string[]>
  try(remote: string, over?: Partial<AuthRequest>): Promise<string>
  /** Another program in its place; `body` is a shell script. */
  program(body: string): Promise<void>
}
async function bench(body: string, machine: TailscaleMachine = {}, binary?: string): Promise<Bench> {
  const dir = await temporaryDir()
  const [file, log] = [join(dir, 'tailscale'), join(dir, 'calls')]
  const program = async (script: string): Promise<void> => {
    await writeFile(file, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${log}'\n${script}\n`)
    await chmod(file, 0o700)
  }
  await program(body)
  let way: TailscaleWay | undefined
  const settings = v.parse(TailscaleSettings, { users: { 'ada@example.com': ['operator.read'], 'bob@example.com': ['operator.admin'] }, binary: binary ?? file })
  const b = await partBench((host) => way = createTailscale(host, settings, networks(['100.64.0.99', '127.0.0.1'], 'x'), { addresses: () => new Set(['100.64.0.1']), ...machine }), { dir })
  return Object.assign(b, {
    way: way!, program,
    calls: async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean),
    try: async (remote: string, over: Partial<AuthRequest> = {}) => codeOf(await way!.way.admit(requestOf({ remote, ...over }))),
  })
}
const says = (text: string): string => `cat <<'END'\n${text}\nEND`
const warnings = (b: Bench): unknown[] => b.k.logs.filter(({ level }) => level === 'warn')

describe('people of the tailnet', () => {
  test('come in as whom the local tailscale names, with the scopes the settings give', async () => {
    await using b = await bench(says(whois('ada@example.com')))
    expect(await b.way.way.admit(requestOf({ remote: ada }))).toEqual({ ok: true, caller: { id: 'tailscale:ada@example.com', role: 'operator', label: 'operator', scopes: new Set(['operator.read']) } })
    expect(await b.try('fd7a:115c:a1e0::7')).toBe('tailscale:ada@example.com')
    expect(await b.calls()).toEqual([`whois --json ${ada}`, 'whois --json fd7a:115c:a1e0::7'])
  })

  test('also through a trusted proxy, by the address it derives', async () => {
    await using b = await bench(says(whois('ada@example.com')))
    expect(await b.try(ada, { peer: '127.0.0.1', headers: { 'x-forwarded-for': ada } })).toBe('tailscale:ada@example.com')
  })

  test.each(['eve@example.com', 'ADA@example.com', 'constructor', '__proto__'])('%s, who is not listed, is nobody', async (login) => {
    await using b = await bench(says(whois(login)))
    expect(await b.try(ada)).toBe('nothing')
    expect(warnings(b)).toEqual([])
  })

  test('a tagged machine is nobody, whatever its name', async () => {
    await using b = await bench(says(whois('ada@example.com', ['tag:server'])))
    expect(await b.try(ada)).toBe('nothing')
  })
})

describe('tailscale is not even asked for', () => {
  const lies = { 'tailscale-user-login': 'ada@example.com', 'tailscale-user-name': 'Ada', 'tailscale-headers-info': 'x' }
  test.each(['127.0.0.1', '::1', '192.0.2.7', '100.63.255.255', '100.128.0.0', 'fd7a:115c:a1e1::1', '', '--help', '100.64.0.7; id'])('%s with its headers', async (remote) => {
    await using b = await bench(says(whois('ada@example.com')))
    expect(await b.try(remote, { headers: lies })).toBe('nothing')
    expect(await b.calls()).toEqual([])
  })

  test.each<[string, string, Partial<AuthRequest>]>([
    ['the unix socket', ada, { listener: 'unix' }],
    ['a proxy\'s own address', '100.64.0.99', {}],
    ['a proxy that said nothing usable of its client', '100.64.0.99', { headers: { 'x-forwarded-for': 'garbage' } }],
    ['this machine\'s own address, which every program here has', '100.64.0.1', {}],
    ['who speaks for somebody else without being a trusted proxy', ada, { headers: { 'x-forwarded-for': '203.0.113.7' } }],
    ['who speaks for somebody else by the headers of tailscale', ada, { headers: lies }],
    ['who came with a token', ada, { token: 'x' }],
    ['who came with a password', ada, { transport: 'ws', password: 'x' }],
    ['who came with a device token', ada, { transport: 'ws', connect: { auth: { deviceToken: 'x' } } }],
  ])('%s', async (_, remote, over) => {
    await using b = await bench(says(whois('ada@example.com')))
    expect(await b.try(remote, over)).toBe('nothing')
    expect(await b.calls()).toEqual([])
  })
})

describe('what it said is believed for 10 s', () => {
  test('and asked for anew after', async () => {
    await using b = await bench(says(whois('ada@example.com')))
    for (let i = 0; i < 5; i++) expect(await b.try(ada)).toBe('tailscale:ada@example.com')
    expect(await b.calls()).toHaveLength(1)
    await b.program(says(whois('eve@example.com')))
    await b.k.clock.advance(9_999)
    expect(await b.try(ada)).toBe('tailscale:ada@example.com')
    await b.k.clock.advance(1)
    expect(await b.try(ada)).toBe('nothing')
    expect(await b.calls()).toHaveLength(2)
  })

  test('a failure too, so that nobody makes it run for each request', async () => {
    await using b = await bench('exit 1')
    for (let i = 0; i < 5; i++) expect(await b.try(ada)).toBe('nothing')
    expect(await b.calls()).toHaveLength(1)
  })

  test('of so many addresses and no more, the first asked for going first', async () => {
    await using b = await bench(says(whois('ada@example.com')), { maxCached: 20 })
    await b.try(ada)
    for (let i = 0; i < 20; i++) await b.try(`100.70.0.${i}`)
    expect(await b.calls()).toHaveLength(21)
    await b.try('100.70.0.0')
    expect(await b.calls()).toHaveLength(21)
    await b.try(ada)
    expect(await b.calls()).toHaveLength(22)
  })
})

describe('however it misbehaves, nobody comes in and the log has one line', () => {
  test.each([
    ['fails', 'echo "no such peer" >&2; exit 1'],
    ['fails and names somebody', `${says(whois('ada@example.com'))}\nexit 3`],
    ['says nothing', ''],
    ['says garbage', 'echo "ada@example.com"'],
    ['says something else', 'echo "[]"'],
    ['names nobody', says(JSON.stringify({ Node: {}, UserProfile: {} }))],
    ['names somebody with a line feed', says(whois('ada@example.com\nbob'))],
    ['says far too much', 'head -c 200000 /dev/zero | tr "\\0" " "; ' + says(whois('ada@example.com'))],
    ['never ends saying it', 'while :; do echo "                                                                "; done'],
    ['hangs', 'exec sleep 30'],
    ['hangs and leaves children', 'sleep 5 & sleep 30'],
    ['answers and hangs', `${says(whois('ada@example.com'))}\nexec sleep 30`],
    ['does not heed a signal', 'trap "" TERM INT HUP; exec sleep 30'],
  ])('%s', async (_, body) => {
    await using b = await bench(body, { timeoutMs: 400 })
    const at = performance.now()
    expect(await b.try(ada)).toBe('nothing')
    expect(performance.now() - at).toBeLessThan(3_000)
    await b.try('100.64.0.8')
    expect(warnings(b)).toHaveLength(1)
    expect(JSON.stringify(b.k.logs)).not.toMatch(/ada@example\.com|no such peer/)
  })

  test('is not there', async () => {
    await using b = await bench('', {}, '/nowhere/tailscale')
    expect(await b.try(ada)).toBe('nothing')
    expect(warnings(b)).toEqual([expect.objectContaining({ fields: { reason: 'ENOENT' } })])
  })

  test('and once it works again, it counts again', async () => {
    await using b = await bench('exit 1')
    await b.try(ada)
    await b.program(says(whois('ada@example.com')))
    expect(await b.try('100.64.0.8')).toBe('tailscale:ada@example.com')
    await b.program('exit 1')
    await b.try('100.64.0.9')
    expect(warnings(b)).toHaveLength(2)
  })
})

describe('a flood', () => {
  test('from one address is one process', async () => {
    await using b = await bench(`sleep 0.2\n${says(whois('ada@example.com'))}`)
    const all = await Promise.all(Array.from({ length: 50 }, () => b.try(ada)))
    expect(new Set(all)).toEqual(new Set(['tailscale:ada@example.com']))
    expect(await b.calls()).toHaveLength(1)
  })

  test('from many is four at once, and a few that wait', async () => {
    const dir = await temporaryDir()
    await using b = await bench(`echo + >> ${dir}/now; sleep 0.1; echo - >> ${dir}/now\n${says(whois('ada@example.com'))}`)
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => b.try(`100.64.1.${i}`)))
    expect(all.filter((id) => id !== 'nothing')).toHaveLength(36)
    expect(warnings(b)).toHaveLength(1)
    let [running, most] = [0, 0]
    for (const mark of (await readFile(`${dir}/now`, 'utf8')).split('\n')) most = Math.max(most, running += mark === '+' ? 1 : mark === '-' ? -1 : 0)
    expect(most).toBeLessThanOrEqual(4)
  })
})

test('nothing of the gateway\'s environment goes along, and no shell reads the address', async () => {
  process.env['NEXUS_TEST_SECRET'] = 'not-for-children'
  try {
    const dir = await temporaryDir()
    await using b = await bench(`env > ${dir}/env\n${says(whois('ada@example.com'))}`)
    expect(await b.try(ada)).toBe('tailscale:ada@example.com')
    expect(await readFile(`${dir}/env`, 'utf8')).not.toContain('not-for-children')
  } finally {
    delete process.env['NEXUS_TEST_SECRET']
  }
})

test('unloading ends what runs, and says nothing of it', async () => {
  const dir = await temporaryDir()
  const b = await bench(`echo $$ > ${dir}/pid; exec sleep 30`)
  const asked = b.try(ada)
  let pid = ''
  for (let i = 0; i < 200 && !pid; i++) {
    await sleep(20)
    pid = await readFile(`${dir}/pid`, 'utf8').catch(() => '')
  }
  await b.k.close()
  expect(await asked).toBe('nothing')
  for (let i = 0; i < 50 && alive(Number(pid)); i++) await sleep(20)
  expect(alive(Number(pid))).toBe(false)
  expect(warnings(b)).toEqual([])
})

test('who was let in stays while the settings still give as much', async () => {
  await using b = await bench('')
  const holds = (id: string, scopes: string[]) => b.way.holds({ id, role: 'operator', label: 'operator', scopes: new Set(scopes) })
  expect([holds('tailscale:ada@example.com', ['operator.read']), holds('tailscale:ada@example.com', ['operator.admin']), holds('tailscale:eve@example.com', []), holds('proxy:ada@example.com', [])]).toEqual([true, false, false, undefined])
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
