/** Session keys: `agent:ID:NAME`, the shorter forms that clients send, and the names of places, jobs and hooks. Pure, also in a browser. */
import { fail } from './errors.ts'

/** Which direct messages share a session: all of an agent's, those of one person, … of one person on one channel, … by one of the gateway's accounts. */
export type DmScope = 'main' | 'per-peer' | 'per-channel-peer' | 'per-account-channel-peer'

export interface KeyRules {
  /** `main` if left out. */
  readonly dmScope?: DmScope
  /** One person under several ids: a name to `peer` or `channel:peer`. It holds for direct messages in every scope but `main`. */
  readonly identityLinks?: Readonly<Record<string, readonly string[]>>
}
/** A place where people talk. `thread` is a thread or topic within it. */
export interface PlaceParts {
  readonly agent: string
  readonly kind: 'direct' | 'group' | 'channel'
  readonly channel: string
  /** Which of the gateway's accounts on that channel; `default` if left out. It counts in the scope `per-account-channel-peer`. */
  readonly account?: string
  readonly peer: string
  readonly thread?: string
}
export interface JobParts { readonly agent: string; readonly kind: 'cron' | 'hook' | 'subagent'; readonly id: string; readonly thread?: string }
export interface MainParts { readonly agent: string; readonly kind: 'main'; readonly thread?: string }
export type KeyParts = PlaceParts | JobParts | MainParts

/** What a key says of itself. `named` is a session that somebody gave a name of his own. `channel` is missing where the scope left it out. */
export interface KeyInfo {
  readonly agent: string
  readonly kind: KeyParts['kind'] | 'named'
  readonly channel?: string
  readonly account?: string
  readonly peer?: string
  readonly id?: string
  readonly thread?: string
}

const maxBytes = 512
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f]/
const agentId = /^[a-z0-9][a-z0-9_-]{0,63}$/
const defaultAgent = 'main'

/**
 * `main` is `agent:main:main`, any other name N is `agent:main:N`. The agent's id is in small letters;
 * a name keeps its case, since the ids of people and groups in it may differ in nothing else.
 */
export function normalizeKey(key: string): string {
  const given = typeof key === 'string' ? key.trim() : ''
  if (given === '' || new TextEncoder().encode(given).length > maxBytes || control.test(given) || loneSurrogate.test(given)) throw fail('NEXUS_SESSIONS_KEY')
  const [, agent = defaultAgent, name = given] = /^agent:([^:]*):(.*)$/i.exec(given) ?? []
  const id = agent.toLowerCase()
  if (!agentId.test(id) || name === '' || /^agent:/i.test(name)) throw fail('NEXUS_SESSIONS_KEY')
  return `agent:${id}:${name.toLowerCase() === 'main' ? 'main' : name}`
}
const loneSurrogate = /\p{Surrogate}/u

/** The agent of a normalized key. */
export const agentOf = (key: string): string => key.split(':', 2)[1] as string

// ── Made ────────────────────────────────────────────────────────────────────────────────────────

/** Words with a meaning of their own where a channel or an account may stand. */
const reserved = new Set(['agent', 'main', 'direct', 'dm', 'group', 'channel', 'thread', 'topic', 'cron', 'hook', 'subagent'])
const percent = (text: string): string => [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

/** A part between two colons. */
function word(text: string): string {
  const small = text.trim().toLowerCase()
  if (small === '' || loneSurrogate.test(small)) throw fail('NEXUS_SESSIONS_KEY')
  // oxlint-disable-next-line no-control-regex
  const plain = small.replace(/[:%\s\u0000-\u001f\u007f]/gu, percent)
  return reserved.has(plain) ? percent(plain[0] as string) + plain.slice(1) : plain
}

/** The rest of a key, or what stands before `:thread:`: colons may stay, but not what would look like a thread. Two ids never become one. */
function tail(text: string): string {
  if (text === '' || loneSurrogate.test(text)) throw fail('NEXUS_SESSIONS_KEY')
  return text
    // oxlint-disable-next-line no-control-regex
    .replace(/[%\u0000-\u001f\u007f]|^\s+|\s+$|^[:~]|:$/gu, percent)
    .replace(/:(?=(?:thread|topic)(?::|$))/giu, percent)
    .replace(/^t(?=(?:hread|opic)(?::|$))/iu, percent)
}

/**
 * The normalized key of a place, a job or an agent's main session. Ids that differ give keys that differ, whatever
 * stands in them, as far as the scope tells them apart. Throws NEXUS_SESSIONS_KEY for an empty, overlong or malformed part.
 */
export function sessionKeyOf(parts: KeyParts, rules: KeyRules = {}): string {
  if (!agentId.test(parts.agent.toLowerCase())) throw fail('NEXUS_SESSIONS_KEY')
  const thread = parts.thread === undefined ? '' : `:thread:${tail(parts.thread)}`
  return normalizeKey(`agent:${parts.agent}:${nameOf(parts, rules)}${thread}`)
}

function nameOf(parts: KeyParts, rules: KeyRules): string {
  if (parts.kind === 'main') return 'main'
  if (parts.kind === 'cron' || parts.kind === 'hook' || parts.kind === 'subagent') return `${parts.kind}:${tail(parts.id)}`
  const place = parts as PlaceParts
  return place.kind === 'direct' ? directName(place, rules) : groupName(place, rules)
}

function directName({ channel, account = 'default', peer, ...parts }: PlaceParts, { dmScope = 'main', identityLinks = {} }: KeyRules): string {
  if (dmScope === 'main') return 'main'
  const name = linked(identityLinks, channel, peer)
  const person = name === undefined ? tail(peer) : `~${tail(name)}` // so that nobody becomes that person by taking the name
  if (dmScope === 'per-peer') return `${parts.kind}:${person}`
  const place = dmScope === 'per-channel-peer' ? word(channel) : `${word(channel)}:${word(account)}`
  return `${place}:${parts.kind}:${person}`
}

function groupName({ channel, account, kind, peer }: PlaceParts, { dmScope }: KeyRules): string {
  const own = dmScope === 'per-account-channel-peer' && account !== undefined && account !== 'default' ? `:${word(account)}` : ''
  return `${word(channel)}${own}:${kind}:${tail(peer)}`
}

function linked(links: NonNullable<KeyRules['identityLinks']>, channel: string, peer: string): string | undefined {
  const ids = [peer.toLowerCase(), `${channel}:${peer}`.toLowerCase()]
  return Object.entries(links).find(([, own]) => own.some((id) => ids.includes(id.trim().toLowerCase())))?.[0]
}

// ── Read ────────────────────────────────────────────────────────────────────────────────────────

const placed = /^(?:(?!(?:direct|dm|group|channel):)(?<channel>[^:]+):)?(?:(?!(?:direct|dm|group|channel):)(?<account>[^:]+):)?(?<kind>direct|dm|group|channel):(?<peer>.+)$/s
const job = /^(?<kind>cron|hook|subagent):(?<id>.+)$/s
const threaded = /^(?<name>.+?):(?:thread|topic):(?<thread>.+)$/s

/** What a normalized key says, also one of the reference's (`dm`, `topic`). */
export function sessionPartsOf(key: string): KeyInfo {
  const agent = agentOf(key)
  const whole = key.slice(`agent:${agent}:`.length)
  const cut = threaded.exec(whole)?.groups
  const name = cut?.['name'] ?? whole
  const thread = cut && { thread: decoded(cut['thread'] as string) }
  if (name === 'main') return { agent, kind: 'main', ...thread }
  const task = job.exec(name)?.groups
  if (task) return { agent, kind: task['kind'] as JobParts['kind'], id: decoded(task['id'] as string), ...thread }
  const place = placed.exec(name)?.groups
  if (!place) return { agent, kind: 'named', ...thread }
  const { channel, account, kind, peer } = place
  return {
    agent, kind: kind === 'dm' ? 'direct' : kind as PlaceParts['kind'],
    ...(channel !== undefined && { channel: decoded(channel) }), ...(account !== undefined && { account: decoded(account) }),
    peer: decoded(peer as string), ...thread,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // not of our making
  }
}

/** How the reference sorts sessions for its clients. */
export const kindOf = (key: string): 'direct' | 'group' => (['group', 'channel'].includes(sessionPartsOf(key).kind) ? 'group' : 'direct')
