/**
 * Way in, off unless `auth.trustLoopback` says otherwise: whoever reaches a loopback address from this machine.
 * Every program of every user on it can; what a proxy or a browser sends for somebody else is told apart and refused.
 */
import type { AuthRequest, Caller, Log } from 'nexus-gateway/sdk'
import type { Way } from '../authenticate.ts'
import { isLoopback } from '../networks.ts'
import { operatorScopes } from '../scopes.ts'
import { hasCredential, isForwarded } from './identities.ts'

const caller: Caller = { id: 'loopback', role: 'operator', scopes: operatorScopes, label: 'operator' }
const admitted = { ok: true, caller } as const

const localNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** `undefined` where it is off. */
export function createLoopback(trusted: boolean, log: Pick<Log, 'warn'>): Way | undefined {
  if (!trusted) return undefined
  log.warn('auth.trustLoopback is on: every program on this machine may do everything here without a token')
  return { name: 'loopback', admit: (request) => (isLocal(request) ? admitted : undefined) }
}

function isLocal(request: AuthRequest): boolean {
  const { listener, peer, remote, headers } = request
  if (listener !== 'tcp' || peer !== remote || !isLoopback(peer)) return false
  return isLocalHost(headers['host']) && !isForwarded(headers) && !isBrowser(headers) && !hasCredential(request)
}

/** A page may come from anywhere, and its browser runs here. */
function isBrowser(headers: AuthRequest['headers']): boolean {
  for (const name in headers) if (name === 'origin' || name.startsWith('sec-fetch-')) return true
  return false
}

function isLocalHost(host: string | undefined): boolean {
  if (host === undefined) return false
  const port = /:\d{1,5}$/.exec(host)
  return localNames.has(port ? host.slice(0, port.index) : host)
}
