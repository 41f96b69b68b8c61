/** The entries of `allow` and `deny`. Pure. */
import { contains, parseNetwork } from './address.ts'
import type { Address, Network } from './address.ts'
import { fail } from './errors.ts'
import { isName } from './name.ts'

interface NameRule { readonly kind: 'name'; readonly name: string; /** The names below it instead of itself. */ readonly below: boolean; readonly port?: number }
interface NetworkRule { readonly kind: 'network'; readonly network: Network; readonly port?: number }
export type Rule = NameRule | NetworkRule

/** @throws NEXUS_OUTBOUND_RULE with the number of the entry, from 1, never its text */
export function parseRules(texts: readonly string[], list: string): Rule[] {
  return texts.map((text, i) => {
    const rule = typeof text === 'string' && text.length <= 512 ? parseRule(text) : 'it is no text, or a long one'
    if (typeof rule === 'string') throw fail('NEXUS_OUTBOUND_RULE', { entry: i + 1, list, reason: rule })
    return rule
  })
}

export const fitsName = (rule: Rule, host: string, port: number): boolean =>
  rule.kind === 'name' && fitsPort(rule, port) && (rule.below ? host.endsWith(`.${rule.name}`) : host === rule.name)
export const fitsAddress = (rule: Rule, address: Address, port: number): boolean =>
  rule.kind === 'network' && fitsPort(rule, port) && contains(rule.network, address)
const fitsPort = ({ port }: Rule, wanted: number): boolean => port === undefined || port === wanted

function parseRule(text: string): Rule | string {
  const bare = parseNetwork(text)
  if (bare) return { kind: 'network', network: bare }
  const parts = /^(?:\[([^[\]]+)\]|([^[\]:]+))(?::(\d{1,5}))?$/.exec(text)
  if (!parts) return 'it has no form of a rule'
  const [, bracketed, plain = '', digits] = parts
  const port = digits === undefined ? {} : { port: Number(digits) }
  if (port.port !== undefined && (port.port < 1 || port.port > 65_535)) return 'a port is a number from 1 to 65535'
  const network = parseNetwork(bracketed ?? plain)
  if (network) return { kind: 'network', network, ...port }
  if (bracketed !== undefined || plain.includes('/')) return 'this is no network: its address must end where its prefix does'
  return nameRule(plain, port)
}

function nameRule(text: string, port: { readonly port?: number }): Rule | string {
  const below = text.startsWith('*.')
  const name = (below ? text.slice(2) : text).toLowerCase().replace(/\.$/, '')
  if (/(^|\.)(\d+|0x[\da-f]*)$/.test(name)) return 'an address is written as four decimal numbers'
  return isName(name) ? { kind: 'name', name, below, ...port } : 'a name has letters, digits, - and _ between its dots; others are written in their xn-- form'
}
