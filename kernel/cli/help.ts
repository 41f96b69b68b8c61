/** Help, made from the tables of commands alone. */
import type { CommandOption } from '../command.ts'
import { optionsOf, type Entries, type Entry } from './catalog.ts'
import { columns, type Style } from './terminal.ts'

type Row = readonly [string, string]

export function mainHelp(entries: Entries, about: { readonly version: string; readonly description: string }, style: Style): string {
  const all = [...entries.values()]
  const sections: [string, Row[]][] = [
    ['Gateway', all.filter((entry) => !entry.plugin && !helpers.includes(entry.name)).map(rowOf)],
    ['From plugins', grouped(all.filter((entry) => entry.plugin))],
    ['Help', [...all.filter((entry) => !entry.plugin && helpers.includes(entry.name)).map(rowOf), ['help', 'Show help for a command: nexus help COMMAND']]],
    ['Options', [['--json', 'Print JSON, errors too'], ['-h, --help', 'Show help'], ['-V, --version', 'Show the version']]],
  ]
  return [
    `${style.bold(`nexus ${about.version}`)}  ${style.dim(about.description)}`,
    section('Usage', '  nexus COMMAND [options]', style),
    ...table(sections, style),
    `Start with ${style.bold('nexus start')}, then talk to an agent with ${style.bold('nexus chat')}.`,
  ].join('\n\n') + '\n'
}

export function groupHelp(words: readonly string[], names: readonly string[], entries: Entries, style: Style): string {
  return [section('Usage', `  nexus ${words.join(' ')} COMMAND [options]`, style), ...table([['Commands', rowsOf(names, entries)]], style)].join('\n\n') + '\n'
}

/** `names` are those of the commands whose names go on where this one's ends, such as `cost budgets`. */
export function commandHelp(entry: Entry, names: readonly string[], entries: Entries, style: Style): string {
  const { args = [], summary, options = {}, examples = [] } = entry.spec
  const common = Object.entries(optionsOf(entry)).filter(([name]) => !Object.hasOwn(options, name))
  const usage = ['  nexus', entry.name, ...args.map((arg) => arg.replace(/\w+/g, (word) => word.toUpperCase())), '[options]'].join(' ')
  return [
    `${summary}.`,
    section('Usage', usage, style),
    ...table([['Commands', rowsOf(names, entries)], ['Options', Object.entries(options).map(optionRow)], ['Common options', common.map(optionRow)]], style),
    ...(examples.length > 0 ? [section('Examples', examples.map((example) => `  ${example}`).join('\n'), style)] : []),
    ...(entry.plugin ? [style.dim(`From plugin ${entry.plugin}.`)] : []),
  ].join('\n\n') + '\n'
}

const helpers: readonly string[] = ['explain', 'completion']
const rowsOf = (names: readonly string[], entries: Entries): Row[] => names.map((name) => rowOf(entries.get(name)!))
const rowOf = (entry: Entry): Row => [entry.name, entry.spec.summary]

function optionRow([name, { short, value, summary, default: otherwise }]: [string, CommandOption]): Row {
  const flag = `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`
  return [flag, `${summary}${otherwise === undefined ? '' : ` (default ${otherwise})`}`]
}

/** One row for each first word; where several commands share it, the row lists them. */
function grouped(entries: readonly Entry[]): Row[] {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const [word = ''] = entry.name.split(' ')
    groups.set(word, [...(groups.get(word) ?? []), entry])
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([word, group]) => (
    group.length === 1 ? rowOf(group[0]!) : [`${word} …`, group.map((entry) => entry.name.slice(word.length + 1) || entry.spec.summary).join(', ')]
  ))
}

const section = (title: string, body: string, style: Style): string => `${style.bold(title)}\n${body}`
const table = (sections: readonly (readonly [string, readonly Row[]])[], style: Style): string[] => sections.filter(([, rows]) => rows.length > 0).map(([title, rows]) => section(title, columns(rows, style), style))
