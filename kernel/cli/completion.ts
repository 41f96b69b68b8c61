/** `nexus completion`: a script that knows every command, option and method by heart, so that a Tab starts no process. */
import type { CommandIo } from '../command.ts'
import { builtCommands, builtManifests, optionsOf, outsideCommands, ownEntries, type Entries } from './catalog.ts'
import { misused } from './errors.ts'
import { allErrors } from './explain.ts'

/** What may follow the words of `path`. */
interface Step { readonly path: string; readonly words: readonly Word[]; readonly options: readonly Option[] }
interface Word { readonly word: string; readonly summary: string }
interface Option extends Word { readonly short: string | undefined; readonly value: string | undefined; readonly choices: readonly string[] }

const shells = { bash, zsh, fish } as const

export async function completion(io: CommandIo): Promise<void> {
  const shell = io.args['shell'] as string
  if (!Object.hasOwn(shells, shell)) throw misused('completion knows the shells bash, zsh and fish', 'See `nexus help completion`.')
  const script = shells[shell as keyof typeof shells](stepsOf(new Map([...ownEntries, ...builtCommands(), ...await outsideCommands()])))
  io.print(script, { shell, script })
}

function stepsOf(entries: Entries): Step[] {
  const values: Readonly<Record<string, readonly string[]>> = {
    call: builtManifests().flatMap(({ methods }) => Object.keys(methods)).sort(), completion: Object.keys(shells), explain: Object.keys(allErrors()),
    '': ['help'],
  }
  const names = new Set(['', ...[...entries.keys()].flatMap((name) => name.split(' ').map((_, i, words) => words.slice(0, i + 1).join(' ')))])
  return [...names].map((path) => {
    const entry = entries.get(path)
    const depth = path === '' ? 0 : path.split(' ').length
    const below = [...names].filter((other) => other !== '' && other.split(' ').length === depth + 1 && (depth === 0 || other.startsWith(`${path} `)))
    const words = below.map((other) => ({ word: other.split(' ').at(-1)!, summary: entries.get(other)?.spec.summary ?? 'A group of commands' }))
    const options = Object.entries(entry ? optionsOf(entry) : {}).map(([name, { short, value, summary }]): Option => ({
      word: `--${name}`, short, value, summary, choices: value?.includes('|') ? value.split('|').filter((choice) => choice === choice.toLowerCase()) : [],
    }))
    return { path, words: [...words, ...(values[path] ?? []).map((word) => ({ word, summary: '' }))], options }
  })
}

/** Text between single quotes, where nothing has a meaning to a shell. */
const quoted = (text: string): string => `'${text.replaceAll(`'`, `'\\''`)}'`
const plain = (words: readonly Word[]): string => quoted(words.map(({ word }) => word).join(' '))
const choosing = (steps: readonly Step[]) => steps.flatMap(({ path, options }) => options.filter(({ choices }) => choices.length > 0).map((option) => ({ path, ...option })))
const valued = (steps: readonly Step[], files: boolean): string[] => [...new Set(steps.flatMap(({ options }) => options.filter(({ value }) => value !== undefined && (value === 'FILE') === files).map(({ word }) => word)))]
const paths = (steps: readonly Step[]): string[] => steps.filter(({ path }) => path !== '').map(({ path }) => quoted(path))

function bash(steps: readonly Step[]): string {
  return `# nexus completion for bash
_nexus() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at='' next i words options
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${at:+$at }\${COMP_WORDS[i]}"
    case $next in ${paths(steps).join('|')}) at=$next ;; esac
  done
  COMPREPLY=()
  case "$at $prev" in
${choosing(steps).map(({ path, word, choices }) => `    ${quoted(`${path} ${word}`)}) COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$cur")); return ;;`).join('\n')}
    ${[...valued(steps, true), ...valued(steps, false)].map((word) => `*' ${word}'`).join('|')}) return ;;
  esac
  case $at in
${steps.map(({ path, words, options }) => `    ${quoted(path)}) words=${plain(words)} options=${plain(options)} ;;`).join('\n')}
  esac
  if [[ $cur == -* ]]; then words=$options; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o bashdefault -o default -F _nexus nexus
`
}

function zsh(steps: readonly Step[]): string {
  const described = (words: readonly Word[]): string => words.map(({ word, summary }) => quoted(`${word.replaceAll(':', '\\:')}${summary && `:${summary}`}`)).join(' ')
  return `#compdef nexus
_nexus() {
  local at='' next i
  local -a items options
  for ((i = 2; i < CURRENT; i++)); do
    next="\${at:+$at }\${words[i]}"
    case $next in (${paths(steps).join('|')}) at=$next ;; esac
  done
  case "$at \${words[CURRENT-1]}" in
${choosing(steps).map(({ path, word, choices }) => `    (${quoted(`${path} ${word}`)}) compadd -- ${choices.join(' ')}; return ;;`).join('\n')}
    (${valued(steps, true).map((word) => `*' ${word}'`).join('|')}) _files; return ;;
    (${valued(steps, false).map((word) => `*' ${word}'`).join('|')}) _message value; return ;;
  esac
  case $at in
${steps.map(({ path, words, options }) => `    (${quoted(path)}) items=(${described(words)}) options=(${described(options)}) ;;`).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then _describe option options; else _describe command items || _files; fi
}
if [[ $funcstack[1] == _nexus ]]; then _nexus "$@"; else compdef _nexus nexus; fi
`
}

function fish(steps: readonly Step[]): string {
  const text = (of: string): string => `'${of.replaceAll('\\', '\\\\').replaceAll(`'`, `\\'`)}'`
  const when = (path: string): string => `complete -c nexus -n '__nexus_at "${path}"'`
  const about = (summary: string): string => (summary && ` -d ${text(summary)}`)
  const value = ({ value, choices }: Option): string => (value === undefined ? '' : value === 'FILE' ? ' -r -F' : ` -x${choices.length > 0 ? ` -a ${text(choices.join(' '))}` : ''}`)
  return `# nexus completion for fish
function __nexus_at
  set -l at ''
  for word in (commandline -opc)[2..]
    set -l next (string trim -- "$at $word")
    contains -- $next ${paths(steps).join(' ')}; and set at $next
  end
  test "$at" = "$argv[1]"
end
complete -c nexus -f
${steps.flatMap(({ path, words, options }) => [
    ...words.map(({ word, summary }) => `${when(path)} -a ${word}${about(summary)}`),
    ...options.map((option) => `${when(path)} -l ${option.word.slice(2)}${option.short ? ` -s ${option.short}` : ''}${value(option)}${about(option.summary)}`),
  ]).join('\n')}
`
}
