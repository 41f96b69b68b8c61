/** What the commands print for people. Pure. */
import { plain, table, type Paint } from 'nexus-gateway/sdk'
import type { ConfigDiff, ConfigExplanation, ConfigHistory, ConfigIssue, ConfigWriteResult, Diagnosis } from './contract.ts'

/** `file:3:5` with what is wrong, the line, and a caret under the column. */
export function issuesText(issues: readonly ConfigIssue[], paint: Paint): string {
  return issues.map((issue) => [head(issue, paint), ...excerpt(issue, paint)].join('\n')).join('\n\n')
}

export function issueLine({ path, message, meant }: ConfigIssue): string {
  return `${path === '' ? '' : `"${plain(path)}" `}${plain(message)}${meant === undefined ? '' : `; did you mean "${plain(meant)}"?`}`
}

function head(issue: ConfigIssue, paint: Paint): string {
  const { file, line, column } = issue
  const where = file === undefined ? '' : `${plain(file)}${line === undefined ? '' : `:${line}:${column}`}: `
  return paint('bold', where) + paint('red', 'error ') + issueLine(issue)
}

function excerpt({ line, column = 1, excerpt: text }: ConfigIssue, paint: Paint): string[] {
  if (line === undefined || text === undefined) return []
  const number = String(line).padStart(5)
  const shown = plain(text)
  return [`${paint('dim', `${number} │`)} ${shown}`, `${paint('dim', '      │')} ${' '.repeat(Math.min(column - 1, shown.length))}${paint('red', '^')}`]
}

export function notesText(notes: readonly string[], paint: Paint): string {
  return notes.map((note) => `${paint('yellow', '!')} ${plain(note)}`).join('\n')
}

export function writtenText({ noop, changed, restart, report, notes }: ConfigWriteResult, paint: Paint): string {
  if (noop) return 'nothing to change: the settings say so already'
  const swapped = [...new Set([...report.started, ...report.stopped])].map(plain).join(', ')
  return [
    `${paint('green', '✓')} ${changed.length === 0 ? 'written' : `changed ${changed.map(plain).join(', ')}`}`,
    ...(report.scheduled ? ['  takes effect as soon as this call has ended'] : swapped === '' ? [] : [paint('dim', `  set up anew: ${swapped}`)]),
    ...(report.blocked.length > 0 ? [`${paint('yellow', '!')} cannot run now: ${report.blocked.map(plain).join(', ')}`] : []),
    ...(restart.length > 0 ? [`${paint('yellow', '!')} takes effect at the next start: ${restart.map(plain).join(', ')}`] : []),
    ...(notes.length > 0 ? [notesText(notes, paint)] : []),
  ].join('\n')
}

export function diffText({ from, to, text, changes }: ConfigDiff, paint: Paint): string {
  const covered = changes.filter(({ secret, kind }) => secret && kind === 'changed').map(({ path }) => `${paint('yellow', '!')} the secret in ${plain(path)} differs`)
  if (text === '' && covered.length === 0) return `no difference between ${plain(from)} and ${plain(to)}`
  const lines = text.split('\n').filter(Boolean).map((line) => {
    const style = line.startsWith('@@') ? 'cyan' : line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : undefined
    return style === undefined ? plain(line) : paint(style, plain(line))
  })
  return [paint('bold', `--- ${plain(from)}`), paint('bold', `+++ ${plain(to)}`), ...lines, ...covered].join('\n')
}

export function historyText({ backups }: ConfigHistory, paint: Paint): string {
  if (backups.length === 0) return 'no backups yet'
  const rows = backups.map(({ id, time, bytes }) => [id, new Date(time).toISOString().replace('T', ' ').replace(/\..*/, ''), `${bytes} bytes`])
  return [...table(['ID', 'KEPT (UTC)', 'SIZE'], rows, paint), '', paint('dim', 'Look with `nexus config diff ID`, go back with `nexus config restore ID`.')].join('\n')
}

const layers = { override: 'an override', file: 'the settings', include: 'an included file', env: 'the environment', default: 'the default', none: 'nothing' } as const

export function explanationText(about: ConfigExplanation, paint: Paint): string {
  const { path, place, variables, name, type, enum: choices, default: preset, keys } = about
  if (!about.known) return `${paint('yellow', '!')} no plugin knows "${plain(path)}"${about.meant === undefined ? '' : `; did you mean "${plain(about.meant)}"?`}`
  const where = place ? `, ${plain(place.file)}:${place.line}:${place.column}` : ''
  const marks = [about.secret && 'secret', about.agentWritable && 'agents may change it'].filter(Boolean).join(', ')
  const rows: [string, string][] = [
    ['value', about.set ? brief(about.value) : 'not set'],
    ['from', layers[about.layer] + (name === undefined ? '' : ` ${plain(name)}`) + where],
    ['variables', variables.map(plain).join(', ')],
    ['secret in', plain(about.source ?? '')],
    ['expects', choices ? choices.map((one) => JSON.stringify(one)).join(', ') : type ?? ''],
    ['default', preset === undefined ? '' : brief(preset)],
    ['marks', marks],
    ['keys', keys.map(plain).join(', ')],
  ]
  return [paint('bold', plain(path) || 'all settings'), ...(about.description === undefined ? [] : [`  ${plain(about.description)}`]), ...rows.filter(([, text]) => text !== '').map(([label, text]) => `  ${paint('dim', label.padEnd(11))}${text}`)].join('\n')
}

const widest = 400
const brief = (value: unknown): string => {
  const text = plain(JSON.stringify(value) ?? '')
  return text.length > widest ? `${text.slice(0, widest)}…` : text
}

const symbols = { error: ['red', '✗'], warning: ['yellow', '!'], note: ['dim', '·'] } as const

const levels = ['error', 'warning', 'note'] as const

export function diagnosisText({ findings, repaired, failed }: Diagnosis, paint: Paint): string {
  const count = (level: (typeof levels)[number]) => findings.filter((finding) => finding.level === level).length
  const mendable = findings.filter(({ repairable }) => repairable).length
  return [
    ...repaired.map((what) => `${paint('green', '✓')} mended: ${plain(what)}`),
    ...failed.map(({ what, reason }) => `${paint('red', '✗')} could not be mended: ${plain(what)} (${plain(reason)})`),
    ...findings.flatMap(({ level, what, fix }) => {
      const [style, symbol] = symbols[level]
      return [`${paint(style, symbol)} ${plain(what)}`, paint('dim', `    ${plain(fix)}`)]
    }),
    findings.length === 0 ? `${paint('green', '✓')} nothing is wrong` : levels.flatMap((level) => (count(level) === 0 ? [] : [`${count(level)} ${level}${count(level) === 1 ? '' : 's'}`])).join(', '),
    ...(mendable > 0 ? [paint('dim', `To mend what can be mended: nexus doctor --fix`)] : []),
  ].join('\n')
}

/** A value as `config get` prints it: text as it is, everything else as JSON. */
export const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
