/** Makes what a case needs before it begins: tokens, devices, servers. Everything is a run's own. */
import { randomBytes } from 'node:crypto'
import { makeDevice } from './connect.ts'
import { preparePackages } from './packages.ts'
import type { Target } from './gateway.ts'
import type { Credential, Run, Seen } from './seen.ts'
import { prepareTree } from './standing.ts'
import { rpc, ws } from './talk.ts'

/** Gives credentials in turn that may do anything: a principal may make 30 changes of one kind in a minute. */
export type Operators = (run: Run) => Promise<Credential>

/** Where no case comes from, so that none can use up its tries. */
export const operatorAddress = '127.8.0.1'
const changesEach = 25
const admin = ['operator.admin', 'operator.approvals', 'operator.pairing', 'operator.read', 'operator.write']

export function createOperators(target: Target): Operators {
  let queue: Promise<Credential> | undefined
  let made = 0
  return (run) => {
    // The first is minted too: the shared token of some gateways can be guessed, and is refused where somebody has.
    const before = queue ?? mint(run, { token: target.token() }, admin)
    queue = made++ > 0 && made % changesEach === 0 ? before.then((operator) => mint(run, operator, admin)) : before
    return queue
  }
}

export async function prepare(run: Run, operators: Operators): Promise<void> {
  const { tokens, devices } = run.case.setup
  preparePackages(run)
  await prepareTree(run)
  for (const [name, { scopes, ...more }] of Object.entries(tokens)) run.credentials.set(name, await mint(run, await operators(run), scopes, more))
  for (const [name, { role, scopes, paired }] of Object.entries(devices)) {
    const device = makeDevice(role, scopes)
    run.credentials.set(name, { device })
    if (paired) await pair(run, { device }, operators)
  }
}

async function mint(run: Run, operator: Credential, scopes: readonly string[], more: object = {}): Promise<Credential> {
  const name = `t-${randomBytes(6).toString('hex')}`
  const { token } = payloadOf<{ token: string }>(await rpc({ run, credential: operator, from: operatorAddress }, { method: 'tokens.create', params: { name, scopes, ...more } }), 'tokens.create')
  return { name, token }
}

/** It asks, an operator agrees, and it comes again. */
async function pair(run: Run, credential: Credential & { device: NonNullable<Credential['device']> }, operators: Operators): Promise<void> {
  const { device } = credential
  const asked = await ws({ run, credential, from: run.source }, {})
  const requestId = idIn(asked.error) ?? await waiting(run, await operators(run), device.id)
  if (requestId === undefined) throw new Error(`the device was not asked to pair: ${JSON.stringify(asked.error)}`)
  payloadOf(await rpc({ run, credential: await operators(run), from: operatorAddress }, { method: 'device.pair.approve', params: { requestId } }), 'device.pair.approve')
  const { auth } = payloadOf<{ auth?: { deviceToken?: string } }>(await ws({ run, credential, from: run.source }, {}), 'connect of a paired device')
  if (auth?.deviceToken !== undefined) device.token = auth.deviceToken
}

const idIn = (error: unknown): string | undefined => {
  const { details } = (error ?? {}) as { details?: { requestId?: unknown } }
  return typeof details?.requestId === 'string' ? details.requestId : undefined
}

async function waiting(run: Run, credential: Credential, deviceId: string): Promise<string | undefined> {
  const { pending } = payloadOf<{ pending: { requestId: string; deviceId: string }[] }>(await rpc({ run, credential, from: operatorAddress }, { method: 'device.pair.list', params: {} }), 'device.pair.list')
  return pending.find((one) => one.deviceId === deviceId)?.requestId
}

function payloadOf<T>({ ok, payload, error, body, fault }: Seen, what: string): T {
  if (ok !== true) throw new Error(`${what} failed: ${JSON.stringify(error) ?? body ?? fault}`)
  return payload as T
}

/** A process that has done nothing yet grows by some 30 MiB with its first work, whatever that is; a bound on memory is for what comes after. */
export async function warm(run: Run, operators: Operators): Promise<void> {
  const [credential, data] = [await operators(run), 'x'.repeat(100_000)]
  const worker = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await rpc({ run, credential, from: operatorAddress }, { method: 'ping', params: { data } })
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}
