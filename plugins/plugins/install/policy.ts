/** `pluginPolicy` at the door: who may come in, and how long a version must have been out. */
import type { ConfigView } from 'nexus-gateway/sdk'
import * as v from 'valibot'
import { fail } from '../errors.ts'
import type { Npm } from './npm.ts'

const list = v.optional(v.array(v.string()), [])
const Policy = v.object({ trusted: list, allow: list, deny: list, minimumReleaseAge: v.optional(v.number(), 72) })
export type Policy = v.InferOutput<typeof Policy>

const hourMs = 3_600_000
const atOnce = 4

/** As it runs. */
export const policyOf = ({ resolved }: ConfigView): Policy => v.parse(Policy, resolved['pluginPolicy'] ?? {})

export const isTrusted = ({ trusted }: Policy, id: string): boolean => trusted.includes('*') || trusted.includes(id)

/** Throws NEXUS_PLUGINS_DENIED. A name counts like the id. */
export function checkAdmission({ allow, deny }: Policy, id: string, name: string): void {
  const is = (one: string): boolean => one === id || one === name
  if (deny.some(is) || (allow.length > 0 && !allow.some(is))) throw fail('NEXUS_PLUGINS_DENIED', { plugin: id })
}

/** Versions younger than this are not taken; nothing where there is no minimum. */
export const cutoff = ({ minimumReleaseAge: hours }: Policy, now: number): Date | undefined => (hours > 0 ? new Date(now - hours * hourMs) : undefined)

/** Throws NEXUS_PLUGINS_TOO_YOUNG, and NEXUS_PLUGINS_AGE_UNKNOWN where the registry does not tell. */
export async function checkAges(packages: readonly { readonly name: string; readonly version: string }[], { minimumReleaseAge: hours }: Policy, now: number, npm: Npm, dir: string): Promise<void> {
  if (hours <= 0) return
  const names = [...new Set(packages.map(({ name }) => name))]
  for (let i = 0; i < names.length; i += atOnce) {
    await Promise.all(names.slice(i, i + atOnce).map(async (name) => {
      const times = await npm.times(name, dir)
      for (const { version } of packages.filter((one) => one.name === name)) {
        const at = Object.hasOwn(times, version) ? Date.parse(times[version]!) : NaN
        if (Number.isNaN(at)) throw fail('NEXUS_PLUGINS_AGE_UNKNOWN', { what: `${name}@${version}` })
        if (at > now - hours * hourMs) throw fail('NEXUS_PLUGINS_TOO_YOUNG', { what: `${name}@${version}` })
      }
    }))
  }
}
