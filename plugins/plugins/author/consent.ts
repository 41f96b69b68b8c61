/** What a user will be asked to agree to, in the words in which `nexus plugins add` asks it. Pure. */
import { plain } from 'nexus-gateway/sdk'
import type { Manifest } from 'nexus-gateway/sdk'
import { consentTo } from '../install/consent.ts'
import { askedBy } from '../install/grant.ts'

/** Those that only an installation knows: its dependencies, its scanner. */
const later: readonly string[] = ['Size', 'Install scripts', 'Scanned', 'Trust']

export function consentLines(manifest: Manifest): readonly string[] {
  const { sections } = consentTo({
    id: manifest.id, name: manifest.id, version: manifest.version ?? '', source: 'file', spec: '', manifest, asked: askedBy(manifest, manifest.tier ?? 'isolated'),
    trust: false, dependencies: { count: 0, bytes: 0, scripts: [] }, scan: undefined, containment: undefined,
  })
  return sections.filter(({ title }) => !later.includes(title)).flatMap(({ title, lines }) => lines.map((line) => `${plain(title)}: ${plain(line)}`))
}
