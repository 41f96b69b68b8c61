/** What the commands of installing print for people. Pure. */
import { headOf, plain, table, type Paint } from 'nexus-gateway/sdk'
import type { Consent, FoundRow, GrantRow, InstallFinding, InstallPhase, OutdatedRow, Report } from './verbs.ts'

const phases: Readonly<Record<InstallPhase, string>> = {
  waiting: 'waiting', fetching: 'fetching', unpacking: 'unpacking', resolving: 'resolving dependencies', checking: 'checking',
  installing: 'fetching dependencies', hashing: 'writing down every file', scanning: 'scanning', done: 'done',
}
export const phaseText = (phase: InstallPhase): string => phases[phase]

export function consentText({ id, name, version, from, source, spec, integrity, sections, partial, suspect }: Consent, paint: Paint): string {
  const what = `${paint('bold', plain(id))} ${plain(version)}${from === undefined ? '' : ` in place of ${plain(from)}`}`
  const origin = `${source === 'npm' ? 'package' : source} ${plain(source === 'npm' ? name : spec)}`
  return [
    `${what}, from the ${origin}`,
    ...(integrity === undefined ? [] : [paint('dim', `  ${plain(integrity)}`)]),
    ...(partial ? [paint('yellow', 'What it asks for beyond what you have agreed to:')] : []),
    ...sectionLines(sections, paint),
    ...(suspect ? [paint('red', 'The scanner suspects it.')] : []),
  ].join('\n')
}

const sectionLines = (sections: Consent['sections'], paint: Paint): string[] =>
  sections.flatMap(({ title, lines }) => lines.map((line, i) => `  ${paint('dim', (i === 0 ? title : '').padEnd(28))}${plain(line)}`))

export function reportText({ id, version, from, scheduled, noop, started, stopped, blocked, data }: Report, verb: string, paint: Paint): string {
  const swapped = [...new Set([...started, ...stopped])].filter((one) => one !== id).map(plain)
  return [
    noop ? 'nothing had to change' : `${paint('green', '✓')} ${verb} ${plain(id)}${version === undefined ? '' : ` ${plain(version)}`}${from === undefined || from === version ? '' : ` (was ${plain(from)})`}`,
    ...(scheduled ? ['  takes effect as soon as this call has ended'] : []),
    ...(swapped.length > 0 ? [paint('dim', `  set up anew: ${swapped.join(', ')}`)] : []),
    ...(blocked.length > 0 ? [`${paint('yellow', '!')} cannot run now: ${blocked.map(plain).join(', ')}`] : []),
    ...(data === undefined ? [] : [paint('dim', `  what it has stored stays, if anything: ${plain(data)}`)]),
  ].join('\n')
}

export function grantsText(rows: readonly GrantRow[], paint: Paint): string {
  if (rows.length === 0) return 'No plugins are installed. Install one with `nexus plugins add`.'
  return rows.map((row) => [
    `${paint('bold', plain(row.id))} ${plain(row.version)}  ${plain(row.source)} ${plain(row.spec)}`,
    ...sectionLines([
      { title: 'agreed to', lines: [`${new Date(row.at).toISOString().slice(0, 16).replace('T', ' ')} UTC by ${row.by}`] },
      { title: 'tier', lines: [row.tier] },
      { title: 'scanned', lines: [row.scanned ? 'yes' : 'not scanned'] },
      { title: 'capabilities', lines: row.capabilities },
      { title: 'services', lines: row.requires },
      { title: 'methods', lines: Object.entries(row.methods).map(([name, scope]) => `${name}: ${scope}`) },
      { title: 'addresses', lines: Object.entries(row.routes).map(([name, scope]) => `${name}: ${scope}`) },
    ], paint),
    ...(row.more ? [paint('yellow', '  asks for more now:'), ...sectionLines(row.more.sections, paint), `  agree with: nexus plugins grants ${plain(row.id)} --accept`] : []),
  ].join('\n')).join('\n\n')
}

export function outdatedText(rows: readonly OutdatedRow[], paint: Paint): string {
  const news = rows.filter(({ current, wanted, latest, error }) => error !== undefined || (wanted ?? current) !== current || (latest ?? current) !== current)
  if (news.length === 0) return `${paint('green', '✓')} nothing newer is out`
  return table(['PLUGIN', 'INSTALLED', 'UPDATE', 'LATEST'], news.map(({ id, current, wanted, latest, error }) => [id, current, error ?? wanted ?? '-', latest ?? '-']), paint).join('\n')
}

export function foundText(rows: readonly FoundRow[], paint: Paint): string {
  if (rows.length === 0) return 'nothing was found'
  return table(['PACKAGE', 'VERSION', 'WHAT IT IS'], rows.map(({ name, version, description }) => [name, version, headOf(plain(description), 100)]), paint).join('\n')
}

const symbols = { error: ['red', '✗'], warning: ['yellow', '!'], note: ['dim', '·'] } as const

export function doctorText(findings: readonly InstallFinding[], repaired: readonly string[], paint: Paint): string {
  return [
    ...repaired.map((what) => `${paint('green', '✓')} removed: ${plain(what)}`),
    ...findings.flatMap(({ level, what, fix }) => [`${paint(symbols[level][0], symbols[level][1])} ${plain(what)}`, paint('dim', `    ${plain(fix)}`)]),
    ...(findings.length === 0 ? [`${paint('green', '✓')} nothing is wrong with the installed plugins`] : []),
  ].join('\n')
}
