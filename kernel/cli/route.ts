/** Which command a line means, found without knowing any command's options. */
import { nearest } from '../config/suggest.ts'
import { gatewayOptions } from './own.ts'

export interface Route {
  /** The words that name the command: the longest known name, or as many as there are. */
  readonly words: readonly string[]
  /** The known command, if the words begin with one. */
  readonly command: string | undefined
  /** The line without the command's name. */
  readonly rest: readonly string[]
}

const valued: readonly string[] = Object.keys(gatewayOptions).map((name) => `--${name}`)
const bare: readonly string[] = ['--json', '--help', '-h']

/** Common options may stand before the command and between its words; any other option ends its name. */
export function routeOf(argv: readonly string[], names: ReadonlyMap<string, unknown>): Route {
  const at: number[] = []
  for (let i = 0; i < argv.length; i++) {
    const token = argv[i]!
    if (valued.includes(token)) i++
    else if (!token.startsWith('-')) at.push(i)
    else if (!bare.includes(token) && !valued.includes(token.split('=', 1)[0]!)) break
  }
  const words = at.map((i) => argv[i]!)
  for (let n = words.length; n > 0; n--) {
    const command = words.slice(0, n).join(' ')
    if (names.has(command)) return { words: words.slice(0, n), command, rest: argv.filter((_, i) => !at.slice(0, n).includes(i)) }
  }
  return { words, command: undefined, rest: argv.filter((_, i) => !at.includes(i)) }
}

/** The commands whose names begin with these words: a group such as `plugins`. */
export function groupOf(words: readonly string[], names: ReadonlyMap<string, unknown>): string[] {
  const prefix = words.length > 0 ? `${words.join(' ')} ` : ''
  return [...names.keys()].filter((name) => name.startsWith(prefix))
}

/** The part of `words` that leads somewhere and the first word that does not, with what it may have meant. */
export function misrouted(words: readonly string[], names: ReadonlyMap<string, unknown>): { readonly unknown: string; readonly meant: string | undefined } {
  let n = 0
  while (n < words.length && groupOf(words.slice(0, n + 1), names).length > 0) n++
  const unknown = words.slice(0, n + 1).join(' ')
  const options = new Set(groupOf(words.slice(0, n), names).map((name) => name.split(' ').slice(0, n + 1).join(' ')))
  return { unknown, meant: nearest(unknown, options) ?? [...options].find((name) => name.startsWith(unknown)) }
}
