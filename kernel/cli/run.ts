/** One command line, from its words to its exit status. */
import { NexusError, reasonOf } from '../errors.ts'
import { knownCommands, outsideCommands, packageJson, type Entries, type Entry } from './catalog.ts'
import { fail, misused, report } from './errors.ts'
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
  let entries = knownCommands()
  let route = routeOf(argv, entries)
  const help = asksHelp || route.words[0] === 'help' || route.words.length === 0
  const named = (): readonly string[] => (route.words[0] === 'help' ? route.words.slice(1) : route.words)
  if (!entries.has(named().join(' ')) && !route.command && (named().length === 0 || groupOf(named(), entries).length === 0)) {
    // Nothing that ships with the gateway: only now is it worth asking the plugins from outside.
    entries = new Map([...entries, ...await outsideCommands()])
    route = routeOf(argv, entries)
  }
  if (route.words.length === 0) {
    const version = route.rest.some((token) => token === '--version' || token === '-V')
    const stray = route.rest.find((token) => !['--json', '--help', '-h', '--version', '-V'].includes(token))
    if (stray) throw misused(`unknown option ${stray.split('=', 1)[0]}`, 'The options of a command stand after its name. See `nexus help`.')
    if (version) return print(jsonText({ version: packageJson().version, node: process.versions.node }))
  }
  if (!help && route.command) return runEntry(entries.get(route.command)!, route.rest, json)
  return print(await helpOn(named(), entries, json))
}

async function helpOn(words: readonly string[], entries: Entries, json: boolean): Promise<string> {
  const name = words.join(' ')
  const group = entries.has(name) ? [name] : groupOf(words, entries)
  if (group.length === 0) {
    const { unknown, meant } = misrouted(words, entries)
    throw misused(`unknown command "${unknown}"`, `${meant ? `Did you mean \`nexus ${meant}\`? ` : ''}See \`nexus help\`.`)
  }
  if (json) return jsonText({ commands: group.map((each) => ({ name: each, plugin: entries.get(each)!.plugin ?? null, ...entries.get(each)!.spec })) })
  const { commandHelp, groupHelp, mainHelp } = await import('./help.ts')
  const style = styleOf(1)
  if (words.length === 0) return mainHelp(entries, packageJson(), style)
  return entries.has(name) ? commandHelp(entries.get(name)!, style) : groupHelp(words, group, entries, style)
}

/** A command ends the process when it is done, whatever it left open. */
async function runEntry(entry: Entry, tokens: readonly string[], json: boolean): Promise<number> {
  const [{ parseLeaf }, { commandIo }] = await Promise.all([import('./leaf.ts'), import('./io.ts')])
  const io = commandIo(await parseLeaf(entry, tokens), json)
  let status: number
  try {
    status = (await (await entry.load())(io)) ?? 0
  } catch (error) {
    status = io.signal.aborted ? INTERRUPTED : report(commandFault(error, entry), json)
  }
  for (const stream of [io.stdout, io.stderr]) await new Promise<void>((resolve) => { stream.write('', () => resolve()) })
  process.exit(status)
}

function commandFault(error: unknown, { name, plugin }: Entry): NexusError {
  if (error instanceof NexusError) return error
  return fail('NEXUS_CLI_COMMAND', { command: name, owner: plugin ? `plugin "${plugin}"` : 'nexus-gateway', reason: reasonOf(error) }, error)
}

function print(text: string): number {
  put(1, text)
  return 0
}
