/**
 * Way in: devices. The key is the credential: a paired device that proves it is let in, with or without its device
 * token; a token without the key that it belongs to is worth nothing. For operators another credential beside the block
 * decides, and the block must only be good; nodes come by pairing alone.
 */
import type { AuthAnswer, AuthRequest } from 'nexus-gateway/sdk'
import { admits } from 'nexus-gateway/sdk'
import * as v from 'valibot'
import type { Way } from '../authenticate.ts'
import { pairingRefusal, refusals, type Refusal } from '../refusals.ts'
import type { Entrance } from './entrance.ts'
import { proveDevice, type Proof } from './proof.ts'
import { callerOf, isTokenOf, liveGrant, liveRoles, type Grant, type Said } from './record.ts'
import type { Requests } from './requests.ts'
import type { Roll } from './roll.ts'
import type { Seen } from './seen.ts'
import { sourceOf } from '../source.ts'
import { looksLikeDeviceToken } from './token.ts'
import { DeviceScopes, maxScopes, type DeviceRole, type PendingDevice } from './verbs.ts'

/** `other`: a credential that is none of a device's. */
interface Presented { readonly deviceTokens: readonly string[]; readonly code: string | undefined; readonly other: boolean }

export interface Ways { readonly way: Way; readonly conditions: readonly Way[]; readonly strangers: readonly Way[] }

export function createWays({ roll, requests, seen, entrance, now }: { readonly roll: Roll; readonly requests: Requests; readonly seen: Seen; readonly entrance: Entrance; readonly now: () => number }): Ways {
  /** What the first way found and the later ones go by. */
  const strangers = new WeakMap<AuthRequest, Proof>()
  const admissions = new WeakMap<AuthRequest, { readonly deviceId: string; readonly role: DeviceRole; readonly grant: Grant; readonly tokens: readonly string[] }>()

  function admit(request: AuthRequest): AuthAnswer | Promise<AuthAnswer> | undefined {
    // Every request comes by here, and most have nothing to do with devices.
    if (request.connect === undefined && !looksLikeDeviceToken(request.token)) return undefined
    const proof = proveDevice(request, now())
    if (proof?.ok === false) return proof
    const { role } = request
    const shown = presented(request)
    if (!proof) return withoutProof(shown, role)
    const { deviceId } = proof
    const grant = liveGrant(roll.get(deviceId), role)
    if (!shown.deviceTokens.every((token) => isTokenOf(grant, token))) return refusals.deviceToken
    const invite = shown.code === undefined ? undefined : entrance.inviteFor(shown.code, deviceId, role)
    if (shown.code !== undefined && (!invite || grant)) return refusals.bootstrapToken
    if (role === 'operator' && shown.other) return undefined
    if (!v.is(DeviceScopes, proof.asked)) return refusals.deviceScopes
    if (invite) return entrance.pair(invite, proof, said(proof)).then((made) => (made.ok ? letIn(request, proof, made.grant, shown, made.token) : made))
    if (!grant) return void strangers.set(request, proof)
    if (exceeds(grant, proof.asked)) return ask(request, proof)
    if (grant.token) return letIn(request, proof, grant, shown)
    return entrance.firstToken(deviceId, role).then((token) => letIn(request, proof, liveGrant(roll.get(deviceId), role) ?? grant, shown, token))
  }

  function letIn(request: AuthRequest, { deviceId }: Proof, grant: Grant, { deviceTokens }: Presented, deviceToken?: string): AuthAnswer {
    const { role } = request
    admissions.set(request, { deviceId, role, grant, tokens: deviceTokens })
    seen.note(deviceId)
    return { ok: true, caller: callerOf(deviceId, role, grant), ...(deviceToken !== undefined && { tell: { deviceToken } }) }
  }

  /** Records what it asks for. */
  function ask(request: AuthRequest, proof: Proof): Refusal {
    const { deviceId, publicKey, asked } = proof
    const { role, remote, listener } = request
    const record = roll.get(deviceId)
    const approved = liveRoles(record)
    const grant = liveGrant(record, role)
    const reason: PendingDevice['reason'] = grant ? 'scope-upgrade' : approved.length > 0 ? 'role-upgrade' : 'not-paired'
    // What it has it keeps: an operator sees all that it will hold, and a client that asks for little at a time loses nothing.
    const scopes = [...new Set([...grant?.scopes ?? [], ...asked])].sort()
    if (scopes.length > maxScopes) return refusals.deviceScopes
    const source = approved.length > 0 ? `device:${deviceId}` : listener === 'unix' ? 'unix' : sourceOf(remote)
    const answer = requests.ask({ deviceId, publicKey, role, scopes, reason, said: said(proof), isRepair: record !== undefined, remote, source })
    if (!answer.ok) return pairingRefusal({ reason: 'too-many-pending', deviceId }, answer.retryAfterMs)
    return pairingRefusal({
      reason, deviceId, requestId: answer.request.requestId, requestedRole: role, requestedScopes: scopes,
      ...(approved.length > 0 && { approvedRoles: approved, approvedScopes: [...new Set(approved.flatMap((one) => record?.grants[one]?.scopes ?? []))] }),
    })
  }

  /** A stranger is asked about only if nothing else may let him in. */
  const askForStranger = (request: AuthRequest): Refusal | undefined => {
    const proof = strangers.get(request)
    return proof && (request.listener !== 'unix' || request.role === 'node') ? ask(request, proof) : undefined
  }

  /** Other ways may have taken their time since. */
  function stillHolds(request: AuthRequest): Refusal | undefined {
    const admission = admissions.get(request)
    // Whatever else somebody has, nodes come by pairing alone.
    if (!admission) return request.role === 'node' ? askForStranger(request) ?? refusals.pairingRequired : undefined
    const { deviceId, role, grant, tokens } = admission
    const current = liveGrant(roll.get(deviceId), role)
    if (!current || !grant.scopes.every((scope) => current.scopes.includes(scope))) return refusals.pairingRequired
    return tokens.every((token) => isTokenOf(current, token)) ? undefined : refusals.deviceToken
  }

  return {
    way: { name: 'device', guesses: (request) => request.connect !== undefined && presented(request).code !== undefined, admit },
    conditions: [{ name: 'device-holds', admit: stillHolds }],
    strangers: [{ name: 'pairing', admit: askForStranger }],
  }
}

function presented({ connect, token, password }: AuthRequest): Presented {
  const auth = (connect?.['auth'] ?? {}) as Readonly<Record<string, unknown>>
  const text = (name: string): string | undefined => (typeof auth[name] === 'string' && auth[name] !== '' ? auth[name] : undefined)
  const isOwn = looksLikeDeviceToken(token)
  return {
    code: text('bootstrapToken'),
    deviceTokens: [text('deviceToken'), isOwn ? token : undefined].filter((one) => one !== undefined),
    other: (token !== undefined && !isOwn) || Boolean(password),
  }
}

function withoutProof({ deviceTokens, code }: Presented, role: AuthRequest['role']): Refusal | undefined {
  if (deviceTokens.length > 0) return refusals.deviceToken
  if (code !== undefined) return refusals.deviceMissing
  return role === 'node' ? refusals.pairingRequired : undefined
}

/** What was asked for before and not approved is left out of what it gets; only what is new is a question. */
function exceeds(grant: Grant, wanted: readonly string[]): boolean {
  const [held, decided] = [new Set(grant.scopes), new Set(grant.asked)]
  return wanted.some((scope) => !admits(held, scope) && !admits(decided, scope))
}

function said({ client }: Proof): Said {
  const { id, mode, platform, deviceFamily, displayName } = client
  const all = { displayName, platform, deviceFamily, clientId: id, clientMode: mode }
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== '').map(([name, text]) => [name, text.slice(0, 256)]))
}
