/** `nexus devices …` */
import { expect, test } from 'vitest'
import { deviceCommands } from '../../plugins/auth/devices/cli.ts'
import { bench, codeOf, pair, phone, requestIn, scopesIn, verdict, type Bench } from './auth-device-harness.ts'

const cli = (b: Bench, line: string) => b.k.cli(deviceCommands, line)

test('list shows what is asked above what is paired, and cannot be steered by what a device says', async () => {
  await using b = await bench()
  expect((await cli(b, 'devices list')).stdout).toContain('No device is paired')
  const [one, two] = [phone('Old phone'), phone('New\u001b[2Jphone\nPaired:')]
  await pair(b, one)
  const answer = await two.enter(b, { scopes: ['operator.write'] })
  const { stdout } = await cli(b, 'devices list')
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(7)
  expect(lines[1]).toMatch(/^REQUEST +DEVICE +SAYS IT IS +FROM +WHY +ROLE +SCOPES$/)
  expect(lines[2]).toContain(requestIn(answer).slice(0, 12))
  expect(lines[2]).toMatch(/192\.0\.2\.1 +not-paired +operator +operator\.write$/)
  expect(lines[6]).toMatch(new RegExp(`^${one.id.slice(0, 12)} +Old phone, iOS, openclaw-ios +\\d{4}-.* +operator +operator\\.read$`))
  expect(stdout).not.toContain('\u001b[2J')
  const [json] = (await cli(b, 'devices list --json')).json as [{ pending: unknown[]; paired: unknown[] }]
  expect([json.pending.length, json.paired.length]).toEqual([1, 1])
})

test('approve and reject take the beginning of the request or of the device, and short scopes', async () => {
  await using b = await bench()
  const [one, two, three] = [phone(), phone(), phone()]
  const asked = { scopes: ['operator.read', 'operator.write', 'cost.manage'] }
  const first = await one.enter(b, asked)
  for (const [who, line] of [[one, `approve ${requestIn(first).slice(0, 8)} --scope read --scope cost.manage`], [two, 'approve ID --scope read,write'], [three, 'approve ID --scope none']] as const) {
    await who.enter(b, asked)
    expect((await cli(b, `devices ${line.replace('ID', who.id.slice(0, 6))}`)).stdout).toMatch(/^Paired\./)
  }
  expect(await Promise.all([one, two, three].map(async (who) => scopesIn(await who.enter(b, asked))))).toEqual([['cost.manage', 'operator.read'], ['operator.read', 'operator.write'], []])
  const last = phone()
  await last.enter(b)
  await cli(b, `devices reject ${last.id.slice(0, 10)}`)
  expect((await b.list()).pending).toEqual([])
  for (const id of [last.id, last.id.slice(0, 6), one.id.slice(0, 5), 'nothing']) expect(await codeOf(cli(b, `devices approve ${id}`))).toBe('NEXUS_AUTH_DEVICE_PREFIX')
})

test('a beginning that is too short or that two have is refused', async () => {
  await using b = await bench()
  const one = phone()
  await pair(b, one)
  expect(await codeOf(cli(b, `devices remove ${one.id.slice(0, 5)}`))).toBe('NEXUS_AUTH_DEVICE_PREFIX')
  const twins = { list: async () => ({ pending: [], paired: ['aaaaaa1', 'aaaaaa2'].map((deviceId) => ({ deviceId })) }) }
  const io = { args: { id: 'aaaaaa' }, options: {}, call: twins.list, print() {} }
  await expect(Promise.resolve(deviceCommands['devices remove']?.run(io as never))).rejects.toMatchObject({ code: 'NEXUS_AUTH_DEVICE_PREFIX' })
})

test('invite, rotate, revoke and remove', async () => {
  await using b = await bench()
  const one = phone()
  const { stdout, stderr } = await cli(b, 'devices invite --scope read --ttl 5m')
  expect(stderr).toContain('shown this once')
  expect(verdict(await one.enter(b, { auth: { bootstrapToken: stdout.trim() } }))).toBe('in')
  const { json: [rotated] } = await cli(b, `devices rotate ${one.id.slice(0, 6)} --json`)
  expect(verdict(await one.enter(b, { auth: { deviceToken: (rotated as { token: string }).token } }))).toBe('in')
  await cli(b, `devices revoke ${one.id.slice(0, 6)}`)
  expect(verdict(await one.enter(b))).toBe('PAIRING_REQUIRED not-paired')
  const plain = await cli(b, `devices rotate ${one.id.slice(0, 6)} --scope none`)
  expect(scopesIn(await one.enter(b, { auth: { deviceToken: plain.stdout.trim() } }))).toEqual([])
  await cli(b, `devices remove ${one.id}`)
  expect((await b.list()).paired).toEqual([])
  for (const line of ['invite', 'invite --scope read --ttl 25h', 'invite --scope read --ttl soon', 'invite --scope read --role admin']) expect(await codeOf(cli(b, `devices ${line}`))).toBe('NEXUS_AUTH_DEVICE_OPTION')
  expect((await cli(b, 'devices invite --role node')).stdout).toMatch(/^\w{4}-/)
})
