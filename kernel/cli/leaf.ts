/**
 * The arguments and options of one command. cac reads the line; it is given stand-ins for every value, because it
 * turns whatever looks like a number into one, and `--id 007` has to stay `007`.
 */
import { nearest } from '../config/suggest.ts'
import type { CommandIo, CommandOption } from '../command.ts'
import { optionsOf, type Entry } from './catalog.ts'
import { misused } from './errors.ts'

export interface Parsed extends Pick<CommandIo, 'args' | 'options'> {}

/** Throws NEXUS_CLI_USAGE for an unknown option, a missing value, a missing or a superfluous argument. */
export async function parseLeaf(entry: Entry, tokens: readonly string[]): Promise<Parsed> {
  const specs = optionsOf(entry)
  const hint = `See \`nexus help ${entry.name}\`.`
  const values: string[] = []
  const standing = tokens.map(standIn(values, tokens, hint))
  const { args, options } = tokens.every((token) => !token.startsWith('-')) ? { args: standing, options: {} } : await read(entry, specs, standing)
  const value = (x: unknown): string | undefined => (typeof x === 'string' ? values[Number(x.slice(1))] : undefined)

  const known = new Map(Object.entries(specs).flatMap(([name, spec]) => [[keyOf(name), name], ...(spec.short ? [[spec.short, name]] : [])] as [string, string][]))
  for (const key of Object.keys(options)) if (key !== '--' && !known.has(key)) throw unknownOption(key, Object.keys(specs), hint)

  const found: Record<string, string | boolean | undefined> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const all = [options[keyOf(name)]].flat()
    const given = all.at(-1)
    if (spec.value === undefined) found[name] = given === !name.startsWith('no-')
    else if (given === undefined) found[name] = spec.default
    else if ((found[name] = spec.many ? all.map(value).join('\n') : value(given)) === undefined) throw misused(`--${name} needs a value: --${name} ${spec.value}`, hint)
  }
  const words = [...args, ...((options['--'] ?? []) as unknown[])].map((word) => value(word) ?? String(word))
  return { args: named(entry.spec.args ?? [], words, hint), options: found }
}

interface Line { readonly args: readonly unknown[]; readonly options: Readonly<Record<string, unknown>> }

async function read(entry: Entry, specs: Readonly<Record<string, CommandOption>>, argv: readonly string[]): Promise<Line> {
  const { cac } = await import('cac')
  const cli = cac('nexus')
  const leaf = cli.command((entry.spec.args ?? []).join(' '), entry.spec.summary)
  for (const [name, spec] of Object.entries(specs)) leaf.option(`${spec.short ? `-${spec.short}, ` : ''}--${name}${spec.value ? ' <value>' : ''}`, spec.summary)
  return cli.parse(['node', 'nexus', ...argv], { run: false })
}

/** Replaces a word, or what follows `=`, by `@` and its number in `values`. */
function standIn(values: string[], tokens: readonly string[], hint: string): (token: string, i: number) => string {
  const literal = tokens.indexOf('--')
  const keep = (text: string): string => `@${values.push(text) - 1}`
  return (token, i) => {
    if (i === literal) return token
    if (token === '-' || !token.startsWith('-') || (literal >= 0 && i > literal)) return keep(token)
    const [flag = '', ...rest] = token.split('=')
    // cac would make an object of it, and stumble.
    if (flag.includes('.')) throw misused(`unknown option ${flag}`, hint)
    return rest.length > 0 ? `${flag}=${keep(rest.join('='))}` : token
  }
}

function named(specs: readonly string[], words: readonly string[], hint: string): Parsed['args'] {
  const args: Record<string, string | readonly string[] | undefined> = {}
  let rest = words
  for (const spec of specs) {
    const name = spec.replace(/[<>[\].]/g, '')
    if (spec.startsWith('<') && rest.length === 0) throw misused(`the argument ${spec} is missing`, hint)
    args[name] = spec.includes('...') ? rest : rest[0]
    rest = spec.includes('...') ? [] : rest.slice(1)
  }
  if (rest.length > 0) throw misused(`unexpected argument "${rest[0]}"`, hint)
  return args
}

function unknownOption(key: string, names: readonly string[], hint: string): Error {
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  if (/^(token|password|passphrase|secret|api-key)$/.test(name)) {
    return misused(`--${name} does not exist: other programs can read what stands on a command line`, 'Put the secret into a file and give --token-file FILE, pipe it in with --token-file -, or set NEXUS_TOKEN.')
  }
  const meant = nearest(name, names)
  return misused(`unknown option ${name.length > 1 ? '--' : '-'}${name}`, `${meant ? `Did you mean --${meant}? ` : ''}${hint}`)
}

/** Under what cac files an option: `--no-x` is `x` turned off. */
const keyOf = (name: string): string => camel(name.replace(/^no-/, ''))
const camel = (name: string): string => name.replace(/([a-z])-([a-z])/g, (_, a: string, b: string) => a + b.toUpperCase())
