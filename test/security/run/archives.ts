/** From what a case says of its archives to files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cutOff, once, writeGzip, writePlain, type Piece } from './packed.ts'
import type { Archive, Bytes, Entry, Plugin } from './schema-packages.ts'
import { tarPieces } from './tar.ts'
import { writeZip } from './zip.ts'

export interface MakeOptions { readonly dir: string; readonly full: boolean; /** Those that are there already, by name. */ readonly made: ReadonlyMap<string, string> }

/** Gives the file. */
export function makeArchive(name: string, { format, plugin, root = 'package', entries, raw, cut }: Archive, { dir, full, made }: MakeOptions): string {
  const file = join(dir, `${name}.${format}`)
  const own = Object.entries(plugin ? pluginFiles(plugin) : {}).map(([path, text]): Entry => ({ name: `${root}/${path}`, text }))
  const all = [...own, ...entries]
  const content = (entry: Entry): Piece[] => contentOf(entry, made)
  const rounds = ({ times = 1, full: most = times }: Entry): number => (full ? most : times)
  if (raw) writePlain(file, raw.map(bytesOf))
  else if (format === 'zip') writeZip(file, all, content, rounds)
  else if (format === 'tgz') writeGzip(file, tarPieces(all, content, rounds))
  else if (format === 'tar') writePlain(file, tarPieces(all, content, rounds))
  else throw new Error(`${name}: a ${format} can only be written as \`raw\``)
  if (cut !== undefined) cutOff(file, cut)
  return file
}

function contentOf({ text = '', json, hex, fill, archive }: Entry, made: ReadonlyMap<string, string>): Piece[] {
  if (fill) return [{ bytes: Buffer.from(fill.text), times: fill.times }]
  if (archive !== undefined) return [once(readFileSync(made.get(archive)!))]
  return [once(json === undefined ? hex === undefined ? Buffer.from(text) : Buffer.from(hex, 'hex') : Buffer.from(JSON.stringify(json)))]
}

const bytesOf = ({ text = '', hex, base64, times = 1 }: Bytes): Piece =>
  ({ bytes: hex === undefined ? base64 === undefined ? Buffer.from(text, 'latin1') : Buffer.from(base64, 'base64') : Buffer.from(hex, 'hex'), times })

/** By path. The code is that of a fixture, which finds `PLUGIN_ID`, `PLUGIN_VERSION` and `PLUGIN_CAPABILITIES` in it replaced. */
export function pluginFiles({ id, name = `nexus-${id}`, version = '1.0.0', nexus, package: more, code = 'fixtures/ping.mjs' }: Plugin): Record<string, string> {
  const source = readFileSync(join(import.meta.dirname, '..', code), 'utf8').replaceAll('PLUGIN_ID', id).replaceAll('PLUGIN_VERSION', version).replaceAll('PLUGIN_CAPABILITIES', JSON.stringify(nexus?.['capabilities'] ?? []))
  const manifest = { api: 1, id, entry: 'index.mjs', methods: { [`${id}.ping`]: 'operator.read' }, ...nexus }
  return { 'package.json': JSON.stringify({ name, version, type: 'module', license: 'MIT', nexus: manifest, ...more }), 'index.mjs': source }
}
