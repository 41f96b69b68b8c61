/** One command line, from its words to its exit status. */
import { reasonOf, type NexusError } from '../errors.ts'
import { builtCommands, outsideCommands, ownEntries, packageJson, type Entries, type Entry } from './catalog.ts'
import { fail, isOurs, misused, report } from './errors.ts'
import { groupOf, misrouted, routeOf } from './route.ts'
import { jsonText, put, styleOf } from './terminal.ts'

const INTERRUPTED = 130

export async function run(argv: readonly string[]): Promise<number> {
  const end = argv.indexOf('--')
  const flags = end < 0 ? argv : argv.slice(0, end)
  const json = flags.includes('--json')
  try {
    return await follow(argv, json, flags.includes('--help') || flags.includes('-h'))
  } catch (error) {
    return report(error, json)
  }
}

async function follow(argv: readonly string[], json: boolean, asksHelp: boolean): Promise<number> {
  let entries: Entries = ownEntries
  let route = routeOf(argv, entries)
  if (route.command && !asksHelp) return runEntry(entries.get(route.command)!, route.rest, json)
  // The kernel's own commands need no list; the others are looked up in ever wider circles.
  const named = (): readonly string[] => (route.words[0] === 'help' ? route.words.slice(1) : route.words)
  const found = (): boolean => named().length > 0 && (entries.has(named().join(' ')) || route.command !== undefined || groupOf(named(), entries).length > 0)
  for (const more of [builtCommands, outsideCommands]) {
    if (found()) break
    entries = new Map([...entries, ...await more()])
    route = routeOf(argv, entries)
  }
  if (route.words.length === 0) {
    const stray = route.rest.find((token) => !['--json', '--help', '-h', '--version', '-V'].includes(token))
    if (stray) throw misused(`unknown option ${stray.split('=', 1)[0]}`, 'The options of a command stand after its name. See `nexus help`.')
    if (route.rest.some((token) => token === '--version' || token === '-V')) return print(jsonText({ version: packageJson().version, node: process.versions.node }))
  }
  const help = asksHelp || route.words[0] === 'help' || route.command === undefined
  return help ? print(await helpOn(named(), entries, json)) : runEntry(entries.get(route.command!)!, route.rest, json)
}

async function helpOn(words: readonly string[], entries: Entries, json: boolean): Promise<string> {
  const name = words.join(' ')
  const below = groupOf(words, entries)
  const group = entries.has(name) ? [name, ...below] : below
  if (group.length === 0) {
    const { unknown, meant } = misrouted(words, entries)
    throw misused(`unknown command "${unknown}"`, `${meant ? `Did you mean \`nexus ${meant}\`? ` : ''}See \`nexus help\`.`)
  }
  if (json) return jsonText({ commands: group.map((each) => ({ name: each, plugin: entries.get(each)!.plugin ?? null, ...entries.get(each)!.spec })) })
  const { commandHelp, groupHelp, mainHelp } = await import('./help.ts')
  const style = styleOf(1)
  if (words.length === 0) return mainHelp(entries, packageJson(), style)
  return entries.has(name) ? commandHelp(entries.get(name)!, below, entries, style) : groupHelp(words, below, entries, style)
}

/** A command ends the process when it is done, whatever it left open. */
async function runEntry(entry: Entry, tokens: readonly string[], json: boolean): Promise<number> {
  const [{ parseLeaf }, { commandIo }] = await Promise.all([import('./leaf.ts'), import('./io.ts')])
  const io = commandIo(await parseLeaf(entry, tokens), json, entry.spec.offline, entry.calls)
  let status: number
  try {
    status = (await (await entry.load())(io)) ?? 0
  } catch (error) {
    status = io.signal.aborted ? INTERRUPTED : report(commandFault(error, entry), json)
  }
  await io.end()
  process.exit(status)
}

function commandFault(error: unknown, { name, plugin }: Entry): NexusError {
  if (isOurs(error)) return error
  return fail('NEXUS_CLI_COMMAND', { command: name, owner: plugin ? `plugin "${plugin}"` : 'nexus-gateway', reason: reasonOf(error) }, error)
}

function print(text: string): number {
  put(1, text)
  return 0
}
