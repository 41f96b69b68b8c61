/** What a plugin asks for against what it seems to do. Pure. */
import { parseCapability } from 'nexus-gateway/sdk'
import type { Capability, Manifest } from 'nexus-gateway/sdk'
import type { Examination } from 'nexus-gateway/sdk/testing'
import type { AuthorPackage } from '../package.ts'
import { mentions, type CodeFile, type Sighting } from './sources.ts'

/** The word under which a sighting files what a capability covers. */
function covers(capability: Capability): string | undefined {
  switch (capability.kind) {
    case 'net': return 'net'
    case 'read': case 'write': case 'data': return 'fs'
    case 'env': return `env:${capability.name}`
    case 'run': case 'worker': case 'native': return capability.kind
    default: return undefined
  }
}

const parsed = ({ capabilities }: Manifest): readonly (readonly [string, Capability])[] => capabilities.flatMap((text) => {
  const capability = parseCapability(text)
  return capability ? [[text, capability] as const] : []
})

export function undeclaredUses(manifest: Manifest, seen: readonly Sighting[]): string[] {
  const unknown = manifest.capabilities.filter((text) => !parseCapability(text)).map((text) => `"${text}" is no capability`)
  const granted = new Set(parsed(manifest).map(([, capability]) => covers(capability)))
  const wanted: Readonly<Record<string, string>> = { fs: 'fs:data, fs:read:PATH or fs:write:PATH', net: 'net:HOST', 'env:*': 'env:NAME for each variable' }
  return [...unknown, ...seen.filter(({ capability }) => !granted.has(capability) && !(capability === 'env:*' && [...granted].some((one) => one?.startsWith('env:'))))
    .map(({ capability, shown, file, line }) => `${file}:${line}: \`${shown}\` needs ${wanted[capability] ?? capability}`)]
}

export function unusedCapabilities(manifest: Manifest, { seen, own, about }: { readonly seen: readonly Sighting[]; readonly own: readonly CodeFile[]; readonly about: AuthorPackage }): string[] {
  // What its libraries do is not looked at, and they may be why it asks.
  const libraries = Object.keys(about.dependencies ?? {}).length > 0
  const used = new Set(seen.map(({ capability }) => capability))
  return parsed(manifest).filter(([, capability]) => {
    if (capability.kind === 'scope') return !mentions(own, /\b(ctx\.)?cause\b/)
    if (capability.kind === 'kernel') return !Object.values(manifest.requires).some(({ service }) => service === kernelServices[capability.what])
    const word = covers(capability)
    return word !== undefined && !libraries && !used.has(word) && !(capability.kind === 'env' && used.has('env:*')) && !(capability.kind === 'net' && Object.values(manifest.requires).some(({ service }) => service.startsWith('fetch/')))
  }).map(([text]) => `nothing seems to use ${text}`)
}

const kernelServices: Readonly<Record<string, string>> = { control: 'kernel/1', config: 'config/1', connections: 'connections/1' }

const tapped = ({ runs }: Examination): readonly string[] => [...new Set(runs.flatMap(({ taps }) => taps))]

export function undeclaredTaps(manifest: Manifest, examination: Examination): string[] {
  return tapped(examination).filter((hook) => !manifest.taps.includes(hook)).map((hook) => `it taps ${hook}`)
}

/** Only what was seen to run tells. */
export function unusedTaps(manifest: Manifest, examination: Examination): string[] {
  const taps = tapped(examination)
  const ran = examination.runs.some(({ skipped, faults }) => skipped === undefined && faults.length === 0)
  return ran ? manifest.taps.filter((hook) => !taps.includes(hook)).map((hook) => `it asks to take part in ${hook} and does not when it starts`) : []
}
