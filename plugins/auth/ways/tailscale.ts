/**
 * Way in: people of the tailnet, as the Tailscale of this machine knows them by the address they come from.
 * `Tailscale-User-Login` and the like are never looked at. An address that is a proxy's or this machine's own is nobody's.
 */
import { networkInterfaces } from 'node:os'
import * as v from 'valibot'
import type { AuthAnswer } from 'nexus-gateway/sdk'
import type { Way } from '../authenticate.ts'
import type { AuthHost } from '../host.ts'
import { addressIn, networks, type Networks } from '../networks.ts'
import { hasCredential, identities, isForwarded, Users, type Identities } from './identities.ts'
import { createWhois } from './whois.ts'

/** `auth.tailscale` */
export const TailscaleSettings = v.strictObject({
  users: Users,
  binary: v.optional(v.pipe(v.string(), v.minLength(1), v.description('The program `tailscale`, if it is not on the path.')), 'tailscale'),
})
export type TailscaleSettings = v.InferOutput<typeof TailscaleSettings>

/** What stands in for the machine in tests. */
export interface TailscaleMachine { readonly timeoutMs?: number; readonly maxCached?: number; readonly addresses?: () => ReadonlySet<string> }
export interface TailscaleWay { readonly way: Way; readonly holds: Identities['holds'] }

export function createTailscale(host: Pick<AuthHost, 'clock' | 'log' | 'scope'>, { users, binary }: TailscaleSettings, trusted: Networks, machine: TailscaleMachine = {}): TailscaleWay {
  const { timeoutMs = 3_000, maxCached = 1_000, addresses = ownAddresses } = machine
  const tailnet = networks(['100.64.0.0/10', 'fd7a:115c:a1e0::/48'], 'tailnet')
  const people = identities('tailscale', users)
  const whois = createWhois(host, { binary, timeoutMs, maxCached })

  async function look(remote: string): Promise<AuthAnswer | undefined> {
    const login = await whois(remote)
    const caller = login === undefined ? undefined : people.find(login)
    return caller && { ok: true, caller }
  }

  return {
    holds: people.holds,
    way: {
      name: 'tailscale',
      admit(request) {
        const { listener, peer, remote, headers } = request
        if (listener !== 'tcp' || !tailnet.has(remote) || hasCredential(request)) return undefined
        // Whose a proxy is says nothing of who comes through it, and every program here has the address of this machine.
        if (trusted.has(remote) || (remote === peer && isForwarded(headers)) || addresses().has(remote)) return undefined
        return look(remote)
      },
    },
  }
}

function ownAddresses(): ReadonlySet<string> {
  return new Set(Object.values(networkInterfaces()).flatMap((list) => list ?? []).map(({ address }) => addressIn(address) ?? address))
}
