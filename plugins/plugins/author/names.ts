/** What a new plugin may be called. Pure. */
import { builtinModules } from 'node:module'
import { fail } from './errors.ts'

export interface Names {
  /** Of the package. */
  readonly name: string
  /** Of the plugin: its key in `nexus.json5`, and what its methods begin with. */
  readonly id: string
  /** As a variable. */
  readonly variable: string
  /** For headings. */
  readonly title: string
}

/** Keys of `nexus.json5` that are the gateway's own, and ids that its releases keep for themselves. */
const reserved = new Set([
  'gateway', 'plugins', 'pluginpolicy', 'env', 'meta', 'kernel', 'nexus', 'test-driver', 'test', 'default', 'isolation',
  ...'store auth limits secrets journal outbound config sessions models router agent tools mcp chat openai exec approvals cost cron heartbeat boot webhooks outbox channels'.split(' '),
  ...'telegram discord slack irc webchat email matrix xmpp signal whatsapp imessage audit scanner external-content skills health logs'.split(' '),
  ...'control-ui canvas nodes discovery tailscale tunnel browser memory tts gmail metrics update service backup import cluster acp'.split(' '),
])

/** `taken`: ids of this release. Throws NEXUS_PLUGINS_NAME. */
export function namesFor(name: string, taken: readonly string[]): Names {
  const reason = packageFault(name) ?? idFault(idOf(name), taken)
  if (reason !== undefined) throw fail('NEXUS_PLUGINS_NAME', { reason })
  const id = idOf(name)
  const words = id.split('-').filter(Boolean)
  const joined = words.map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join('')
  return { name, id, variable: keywords.has(joined) ? `${joined}Plugin` : joined, title: words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(' ') }
}

/** `@me/nexus-weather`, `nexus-plugin-weather` and `weather` are all the plugin `weather`. */
export const idOf = (name: string): string => name.replace(/^@[^/]+\//, '').replace(/^nexus-(plugin-)?/, '')

/** npm's rules for a new package. */
export function packageFault(name: string): string | undefined {
  const bare = name.replace(/^@[a-z0-9~-][a-z0-9._~-]*\//, '')
  if (name.length > 214) return 'a package name has at most 214 characters'
  if (!/^[a-z0-9~-][a-z0-9._~-]*$/.test(bare)) return 'a package name is small letters, digits, dots and dashes, with "@scope/" before it if you like'
  if (['node_modules', 'favicon.ico'].includes(bare) || builtinModules.includes(bare)) return 'npm keeps that name for something else'
  return undefined
}

function idFault(id: string, taken: readonly string[]): string | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(id) || id.length > 64) return 'the plugin\'s id, which is the name without scope and "nexus-", begins with a letter and has small letters, digits and dashes, at most 64'
  if (taken.includes(id)) return 'a plugin of this release has that id'
  if (reserved.has(id) || id.startsWith('provider-')) return 'that id is kept for plugins that ship with the gateway'
  return undefined
}

/** Where they would not do as a variable's name; `plugin` and the others are used by the template. */
const keywords = new Set('break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield await async eval arguments v contract command commands method plugin tool'.split(' '))
