/** This gateway as an entry among those who are present. */
import { arch, hostname, networkInterfaces, platform, release } from 'node:os'
import type { PresenceEntry } from './contract.ts'

const families: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'Mac', win32: 'Windows' }

/** Asked once: none of it changes while the process lives, or not so that it matters. */
export function describeGateway(version: string, instanceId: string): Omit<PresenceEntry, 'ts'> {
  const host = hostname()
  const ip = Object.values(networkInterfaces()).flat().find((address) => address && !address.internal && address.family === 'IPv4')?.address
  return {
    host, version, instanceId,
    ...(ip && { ip }),
    platform: `${platform()} ${release()}`,
    deviceFamily: families[platform()] ?? platform(),
    modelIdentifier: arch(),
    mode: 'gateway',
    reason: 'self',
    text: `Gateway: ${host}${ip ? ` (${ip})` : ''} · app ${version} · mode gateway · reason self`,
  }
}
