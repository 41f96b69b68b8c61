/** Which destinations are allowed. Pure. */
import { embedded, widthOf } from './address.ts'
import type { Address } from './address.ts'
import { fail } from './errors.ts'
import { isLocal } from './name.ts'
import { isWebPort } from './ports.ts'
import { kindOf } from './ranges.ts'
import type { Kind } from './ranges.ts'
import { fitsAddress, fitsName } from './rules.ts'
import type { Rule } from './rules.ts'
import type { Target } from './target.ts'

export interface Policy {
  /**
   * What is known before DNS is asked. `narrow`: the caller's own rules, one of which must fit as well.
   * @throws NEXUS_OUTBOUND_BLOCKED
   */
  checkTarget(target: Target, narrow?: readonly Rule[]): void
  /** All addresses of the target, one of which will be connected to. @throws NEXUS_OUTBOUND_BLOCKED */
  checkAddresses(target: Target, addresses: readonly Address[], narrow?: readonly Rule[]): void
}

/** What a rule with a name may open: whoever answers for that name must not get at the rest. */
const openByName: readonly Kind[] = ['loopback', 'private']

export function createPolicy(allow: readonly Rule[], deny: readonly Rule[]): Policy {
  function checkTarget(target: Target, narrow?: readonly Rule[]): void {
    const named = (rule: Rule): boolean => fitsName(rule, target.host, target.port)
    if (deny.some(named)) throw blocked('the settings deny this host')
    if (narrow && !narrow.some((rule) => named(rule) || rule.kind === 'network')) throw blocked('the caller does not list this host')
    if (!target.address && isLocal(target.host) && !allow.some(named)) throw blocked('its name belongs to a local network')
    if (!isWebPort(target.port) && !allow.some((rule) => rule.port === target.port)) throw blocked('its port is not one of the web')
  }

  function checkAddresses(target: Target, addresses: readonly Address[], narrow?: readonly Rule[]): void {
    if (addresses.length === 0) throw blocked('it has no address')
    const named = (rule: Rule): boolean => fitsName(rule, target.host, target.port)
    for (const address of addresses) {
      if (narrow && !narrow.some((rule) => named(rule) || fitsAddress(rule, address, target.port))) throw blocked('the caller does not list this host')
      if (!isWebPort(target.port) && !allow.some((rule) => rule.port === target.port && (named(rule) || fitsAddress(rule, address, target.port)))) throw blocked('its port is not one of the web')
      for (const form of [address, ...embedded(address)]) checkForm(form, target.port, named)
    }
  }

  function checkForm(address: Address, port: number, named: (rule: Rule) => boolean): void {
    if (deny.some((rule) => fitsAddress(rule, address, port))) throw blocked('the settings deny its address')
    const kind = kindOf(address)
    if (kind === 'public' || allow.some((rule) => opens(rule, kind, address, port, named))) return
    throw blocked(`its address is ${words[kind]}`)
  }

  return { checkTarget, checkAddresses }
}

function opens(rule: Rule, kind: Kind, address: Address, port: number, named: (rule: Rule) => boolean): boolean {
  if (rule.kind === 'name') return openByName.includes(kind) && named(rule)
  // Credentials of the whole machine are there: a wide network does not mean them.
  if (kind === 'metadata' && rule.network.bits !== widthOf(address.family)) return false
  return fitsAddress(rule, address, port)
}

const words: Readonly<Record<Exclude<Kind, 'public'>, string>> = {
  unspecified: 'unspecified', loopback: 'this machine', private: 'private', 'link-local': 'link-local', metadata: 'a metadata service', multicast: 'multicast',
  documentation: 'for documentation', benchmark: 'for benchmarks', embedded: 'IPv4 inside IPv6', reserved: 'reserved',
}

const blocked = (reason: string) => fail('NEXUS_OUTBOUND_BLOCKED', { reason })
