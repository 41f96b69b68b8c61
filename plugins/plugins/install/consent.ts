/** What somebody has to agree to, in plain words: shown before any code of the plugin has run. Pure. */
import { capabilityText, parseCapability } from 'nexus-gateway/sdk'
import type { Manifest } from 'nexus-gateway/sdk'
import { sha512 } from './hashes.ts'
import type { Asked } from './grant.ts'
import type { Consent } from './verbs.ts'

/** What holds processes apart on this machine; `undefined` if nobody can tell. */
export type Containment = 'bwrap' | 'node' | undefined
export type Scan = { readonly verdict: 'clean' | 'suspect'; readonly findings: readonly string[] } | undefined

export interface Candidate {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly source: Consent['source']
  readonly spec: string
  readonly integrity?: string | undefined
  readonly manifest: Manifest
  readonly asked: Asked
  /** Of the one that is installed now. */
  readonly from?: string | undefined
  /** What goes beyond what was agreed to before; `undefined`: nothing. Left out: nothing was agreed to before. */
  readonly more?: { readonly asked: Asked | undefined }
  /** `--trusted`: it is to be added to those that run in the gateway's process. */
  readonly trust: boolean
  readonly dependencies: { readonly count: number; readonly bytes: number; readonly scripts: readonly string[] }
  readonly scan: Scan
  readonly containment: Containment
}
type Section = Consent['sections'][number]

export function consentTo(candidate: Candidate): Consent {
  const { id, name, version, source, spec, integrity, from, more, asked, scan } = candidate
  const shown = more ? more.asked : asked
  const suspect = scan?.verdict === 'suspect'
  const sections = [...(shown ? asksFor(candidate, shown, more !== undefined) : []), ...around(candidate)].filter(({ lines }) => lines.length > 0)
  const consent = {
    id, name, version, source, spec, tier: asked.tier, sections, suspect,
    ...(from !== undefined && { from }), ...(integrity !== undefined && { integrity }),
    needed: shown !== undefined || suspect || candidate.trust,
    partial: more !== undefined,
  }
  return { ...consent, digest: sha512(JSON.stringify([consent, asked])) }
}

function asksFor({ manifest, containment }: Candidate, asked: Asked, partial: boolean): Section[] {
  const told = asked.capabilities.map((text) => ({ kind: parseCapability(text)?.kind ?? 'unknown', line: capabilityText(text) }))
  const of = (...kinds: string[]): string[] => told.filter(({ kind }) => kinds.includes(kind)).map(({ line }) => line)
  const or = (lines: readonly string[], none: string): string[] => (lines.length > 0 || partial ? [...lines] : [none])
  const commands = Object.entries(manifest.commands).map(([name, { summary }]) => `nexus ${name}: ${summary}`)
  return [
    { title: 'Where it runs', lines: tierText(asked.tier, containment) },
    { title: 'Network', lines: or(of('net'), 'asks for no host') },
    { title: 'Files', lines: or(of('data', 'read', 'write'), 'asks for no files but its own code') },
    { title: 'Secrets of the environment', lines: of('env') },
    { title: 'Programs and threads', lines: of('run', 'worker', 'native') },
    { title: 'The gateway itself', lines: of('kernel', 'scope', 'unknown') },
    { title: 'Hooks', lines: of('tap') },
    { title: 'Commands it adds', lines: partial ? [] : commands },
    { title: 'Methods it adds', lines: scopeLines(asked.methods) },
    { title: 'Addresses it adds', lines: scopeLines(asked.routes, partial ? [] : manifest.paths) },
    { title: 'Services it needs', lines: [...asked.requires] },
    { title: 'Services it provides', lines: partial ? [] : [...manifest.provides] },
  ]
}

/** What goes beyond what was agreed to. */
export const capabilityLines = (more: Asked): Section[] => [
  { title: 'Capabilities', lines: more.capabilities.map(capabilityText) },
  { title: 'Methods', lines: scopeLines(more.methods) },
  { title: 'Addresses', lines: scopeLines(more.routes) },
  { title: 'Services it needs', lines: [...more.requires] },
  { title: 'Where it runs', lines: more.tier === 'trusted' ? tierText('trusted', undefined) : [] },
].filter(({ lines }) => lines.length > 0)

function scopeLines(table: Readonly<Record<string, string>>, paths: readonly string[] = []): string[] {
  const lines = Object.entries(table).map(([name, scope]) => `${name}: ${scope === 'public' ? 'for everybody, without a token' : `for ${scope}`}`)
  return paths.length > 0 ? [...lines, `below ${paths.join(', ')}`] : lines
}

function around({ dependencies, scan, trust, id }: Candidate): Section[] {
  const { count, bytes, scripts } = dependencies
  return [
    { title: 'Trust', lines: trust ? [`"${id}" is added to pluginPolicy.trusted`] : [] },
    { title: 'Size', lines: [`${sizeText(bytes)}, ${count === 0 ? 'no dependencies' : `${count} ${count === 1 ? 'dependency' : 'dependencies'} included`}`] },
    { title: 'Install scripts', lines: scripts.length > 0 ? [`never run; wanted by ${scripts.slice(0, 10).join(', ')}${scripts.length > 10 ? ` and ${scripts.length - 10} more` : ''}`] : [] },
    { title: 'Scanned', lines: scan ? [scan.verdict === 'clean' ? 'yes, and nothing was found' : 'yes, and it is SUSPECT', ...scan.findings.slice(0, 20)] : ['not scanned'] },
  ]
}

const sizeText = (bytes: number): string => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`)

/** What a tier stops and what it does not. */
export function tierText(tier: Asked['tier'], containment: Containment): string[] {
  if (tier === 'trusted') return ['inside the gateway\'s process: it can do all that the gateway can, whatever is said below']
  const network = {
    bwrap: 'on this machine the network is stopped too, unless it asks for it below',
    node: 'on this machine the network is NOT stopped: it can reach any host, whatever is said below',
    unknown: 'whether the network is stopped on this machine cannot be told here: it is where bwrap works, and not elsewhere',
  }[containment ?? 'unknown']
  return ['in a process of its own: files, programs and threads that it does not ask for below are stopped', network]
}
