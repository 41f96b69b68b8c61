/** What of a plugin cannot be done from another process, told from its manifest before anything of it runs. */
import type { Manifest } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'

/** Their answers decide who gets in and are wanted at once, or come with every line of the log. */
const kept = /^(call|connection|http|gateway|log)\./
/** Services that steer the gateway. */
const controls: readonly string[] = ['kernel/1', 'config/1', 'connections/1']

/** Throws NEXUS_ISOLATION_CANNOT_CROSS, which lists all of it. */
export function mustCross(manifest: Manifest): void {
  const faults = [
    ...manifest.taps.filter((hook) => kept.test(hook)).map((hook) => `it taps ${hook}, which is not waited for`),
    ...Object.keys(manifest.upgrades).map((path) => `it takes WebSockets of its own at ${path}`),
    ...Object.values(manifest.requires).filter(({ service }) => controls.includes(service)).map(({ service }) => `it uses ${service}, which steers the gateway`),
    ...manifest.capabilities.filter((name) => name.startsWith('kernel:')).map((name) => `it asks for ${name}`),
    ...manifest.provides.filter((service) => !manifest.members?.[service]?.length).map((service) => `its service ${service} names no members by which others could call it`),
  ]
  if (faults.length > 0) throw fail('NEXUS_ISOLATION_CANNOT_CROSS', { plugin: manifest.id, faults: faults.join('; ') })
}
