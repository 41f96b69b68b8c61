/**
 * Way in: the unix socket, 0600 in the state directory's 0700, which is how the owner's command line comes.
 * Loopback TCP is nothing of the kind: every program and every web page on the machine can reach it.
 */
import type { Caller } from 'nexus-gateway/sdk'
import type { Layer } from './authenticate.ts'
import { operatorScopes } from './scopes.ts'

const caller: Caller = { id: 'local', role: 'operator', scopes: operatorScopes, label: 'operator' }
const admitted = { ok: true, caller } as const

export const localSocket: Layer = (request) => (request.listener === 'unix' ? admitted : undefined)
