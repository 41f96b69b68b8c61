/**
 * Who may do what. `matrix.json` has a row for every verb of every first-party plugin, looked at by a person; what the
 * rows say is then held against what happens, for every verb, caller and way in.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from 'nexus-gateway/sdk'
import { callLiterals, decided, heardBy, knock, overHttp, overRoute, overWs, upgraded, type Decision } from './matrix-ways.ts'
import { bootAll, causeOf, liveVerbs, probe, type LiveVerb, type World } from './matrix-world.ts'
import { ownCommands } from '../../kernel/cli/own.ts'

type Row = LiveVerb & {
  /** Nothing but reading, writing and what is open to all is ordinary; whatever else is journaled before it is done. */
  readonly privileged: boolean
  /** Why it may be open to all, or why a command may do what it does without asking the gateway. */
  readonly why?: string
  /** Commands: the methods it may call, and a line to try it with. */
  readonly calls?: readonly string[]
  readonly line?: string
}
const rows = JSON.parse(readFileSync(new URL('matrix.json', import.meta.url), 'utf8')) as readonly Row[]
const keyOf = ({ kind, verb }: LiveVerb): string => `${kind} ${verb}`
const byKey = new Map(rows.map((row) => [keyOf(row), row]))

let world: World
let live: readonly LiveVerb[] = []
beforeAll(async () => {
  world = await bootAll()
  live = liveVerbs(world)
})
afterAll(() => world[Symbol.asyncDispose]())

/** The rule as the design has it, written anew: admin is all of operators' and plugins', write reads, unknown is no. */
function may({ role, scopes }: Pick<Caller, 'role' | 'scopes'>, access: string): boolean {
  if (access === 'public') return true
  if (role === 'none') return false
  const held = [...scopes]
  if (held.includes(access)) return true
  if (role !== 'operator') return false
  if (access.split('.')[0] === 'node') return false
  return held.includes('operator.admin') || (access === 'operator.read' && held.includes('operator.write'))
}

const operatorScopes = ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']
const roles = ['operator', 'node', 'none'] as const
const labels = ['operator', 'device', 'node', 'plugin', 'schedule', 'tool', 'channel', 'webhook'] as const
const scopesIn = (verbs: readonly LiveVerb[]): string[] => [...new Set([...operatorScopes, ...verbs.map(({ scope }) => scope)])].filter((scope) => scope !== 'public' && scope !== 'caller').sort()
const callerWith = (scopes: readonly string[], more: Partial<Caller> = {}): Caller => ({ id: 'matrix', role: 'operator', label: 'operator', ...more, scopes: new Set(scopes) })

/** Each scope alone, none, all but the one that is right, and two pairs that differ from verb to verb. */
function scopeSets(access: string, all: readonly string[], seed: number): readonly (readonly string[])[] {
  const at = (n: number): string => all[n % all.length]!
  return [...all.map((scope) => [scope]), [], all.filter((scope) => scope !== access), [at(seed), at(seed * 7 + 3)], [at(seed * 5 + 1), at(seed * 11 + 4)]]
}

/** What the rows make of a verb and a caller: let through, or refused for a reason that a program can read. */
function told({ scope: access }: LiveVerb, caller: Pick<Caller, 'role' | 'scopes'>): Decision {
  if (may(caller, access)) return { allowed: true }
  if (caller.role === 'none') return { allowed: false, nexus: 'NEXUS_CALL_UNAUTHENTICATED', status: 401 }
  return { allowed: false, nexus: 'NEXUS_CALL_DENIED', status: 403, code: 'MISSING_SCOPE', missingScope: access, requiredScopes: [access], have: [...caller.scopes].sort() }
}

describe('every verb has been looked at', () => {
  const named = (verbs: readonly LiveVerb[]): string[] => verbs.map(({ kind, verb, plugin, scope }) => JSON.stringify({ kind, verb, plugin, scope })).sort()

  it('each one has a row with its scope, and each row a verb', () => {
    const own = Object.keys(ownCommands).map((verb): LiveVerb => ({ kind: 'command', verb, plugin: 'kernel', scope: 'caller' }))
    expect(named(rows)).toEqual(named([...live.filter(({ plugin }) => plugin !== probe.id), ...own]))
    expect(byKey.size).toBe(rows.length)
  })

  it('a row says whether it is privileged, and why it is open to all', () => {
    for (const row of rows) {
      expect({ row, privileged: row.privileged }).toEqual({ row, privileged: !['public', 'operator.read', 'operator.write', 'caller'].includes(row.scope) })
      const open = row.scope === 'public' || (row.kind === 'command' && row.calls?.length === 0)
      expect({ row, why: (row.why?.length ?? 0) > 20 }).toEqual({ row, why: open })
    }
  })

  it('a command calls the methods of its row and no others', () => {
    for (const [plugin, commands] of world.commands) {
      const declared = new Set(Object.keys(commands).flatMap((verb) => byKey.get(`command ${verb}`)?.calls ?? []))
      expect({ plugin, calls: [...declared].sort() }).toEqual({ plugin, calls: callLiterals(plugin) })
      for (const name of declared) expect(byKey.has(`method ${name}`), name).toBe(true)
    }
  })
})

describe('every verb × role × scopes × transport × kind of principal, in the process', () => {
  it('is let through if the rows say so, and refused for the same reason everywhere else', async () => {
    const verbs = live.filter(({ kind }) => kind === 'method' || kind === 'route' || kind === 'upgrade')
    const all = scopesIn(live)
    const wrong: unknown[] = []
    let cells = 0
    for (const [at, verb] of verbs.entries()) {
      for (const role of roles) for (const [n, scopes] of scopeSets(verb.scope, all, at).entries()) for (const label of labels) {
        const caller = callerWith(scopes, { role, label, id: `${role}-${n}-${label}` })
        const expected = told(verb, caller)
        for (const [transport, decision] of await knock(world, verb, caller)) {
          cells++
          if (JSON.stringify(decision) !== JSON.stringify(expected)) wrong.push({ verb: keyOf(verb), role, scopes, label, transport, decision, expected })
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
    expect(cells).toBeGreaterThan(verbs.length * roles.length * labels.length * 3 * (all.length + 4) * 0.9)
  })

  it('a label that nobody knows is refused, whatever it holds', async () => {
    for (const verb of live.filter(({ kind, scope }) => kind === 'method' && scope !== 'public')) {
      const caller = callerWith(operatorScopes, { label: 'root' as Caller['label'] })
      for (const [transport, decision] of await knock(world, verb, caller)) expect({ verb, transport, allowed: decision.allowed }).toEqual({ verb, transport, allowed: false })
    }
  })

  it('a name that is no verb is nobody\'s', async () => {
    for (const verb of ['config.set.', 'Config.set', ' config.set', 'config.set\0', '__proto__', 'constructor', 'toString', 'rpc', '']) {
      const asked = async (): Promise<unknown> => world.k.kernel.dispatch(verb, {}, { caller: callerWith(operatorScopes), transport: 'kernel', cause: causeOf(callerWith(operatorScopes)) })
      await expect(asked()).rejects.toMatchObject({ code: 'NEXUS_CALL_UNKNOWN_METHOD' })
    }
  })
})

describe('over real sockets', () => {
  /** Who holds one scope alone, and who holds none: operators of every kind, and three nodes. */
  const audience = (): Caller[] => [
    ...[...scopesIn(live).map((scope) => [scope]), []].map((scopes) => callerWith(scopes)),
    ...[['node.host'], ['operator.admin'], []].map((scopes) => callerWith(scopes, { role: 'node', label: 'node' })),
  ]

  it('a method says over WebSocket and HTTP what it says in the process', async () => {
    const methods = live.filter(({ kind }) => kind === 'method')
    for (const caller of audience()) {
      const scopes = [...caller.scopes]
      const [ws, http] = await Promise.all([overWs(world, caller, methods), overHttp(world, caller, methods)])
      for (const [i, verb] of methods.entries()) {
        const expected = told(verb, caller)
        expect({ verb, scopes, ws: ws[i], http: http[i] }).toEqual({ verb, scopes, ws: { ...expected, ...(!expected.allowed && { status: undefined }) }, http: expected })
      }
    }
  })

  it('who shows nothing, or something that is not known, gets nothing but what is public', async () => {
    const methods = live.filter(({ kind }) => kind === 'method')
    const answers = await overHttp(world, undefined, methods)
    for (const [i, { scope, verb }] of methods.entries()) expect({ verb, answer: answers[i] }).toMatchObject({ verb, answer: scope === 'public' ? { allowed: true } : { allowed: false, status: 401 } })
    for (const token of ['', 'nobody-knows-this-one']) await expect(world.k.connect({ token, scopes: operatorScopes, reconnect: false })).rejects.toMatchObject({ details: { code: expect.stringMatching(/^AUTH_TOKEN_/) as string } })
  })

  it('a route and an upgrade decide like a method of their scope', async () => {
    for (const verb of live.filter(({ kind }) => kind === 'route' || kind === 'upgrade')) {
      for (const caller of audience()) {
        const scopes = [...caller.scopes]
        const allowed = may(caller, verb.scope)
        const { status, code } = verb.kind === 'route' ? await overRoute(world, caller, verb) : await upgraded(world, caller, verb)
        expect({ verb, scopes, status, code }).toEqual({ verb, scopes, status: allowed ? 503 : 403, code: allowed ? 'NEXUS_MATRIX_STOPPED' : 'NEXUS_CALL_DENIED' })
      }
      const { status } = verb.kind === 'route' ? await overRoute(world, undefined, verb) : await upgraded(world, undefined, verb)
      expect({ verb, status }).toEqual({ verb, status: verb.scope === 'public' ? 503 : 401 })
    }
  })

  it('an event is heard by those whose scopes admit it, and the hello names it to them alone', async () => {
    const events = live.filter(({ kind }) => kind === 'event')
    for (const caller of audience()) {
      const scopes = [...caller.scopes]
      const { heard, named } = await heardBy(world, caller, events)
      const expected = events.filter(({ scope }) => may(caller, scope)).map(({ verb }) => verb).sort()
      expect({ role: caller.role, scopes, heard, named }).toEqual({ role: caller.role, scopes, heard: expected, named: expected })
    }
  })
})

describe('the command line', () => {
  it.each(rows.filter(({ line }) => line !== undefined).map((row) => [row.verb, row] as const))('%s asks as whoever runs it', async (_, { verb, plugin, line = '', calls = [] }) => {
    const commands = world.commands.get(plugin)!
    for (const scopes of [[], ['operator.read'], ['operator.approvals'], ['operator.admin']]) {
      const caller = callerWith(scopes)
      const tried = await decided(() => world.k.cli(commands, line, { caller, scopes, token: world.tokenOf(caller) } as object))
      const first = byKey.get(`method ${calls[0]}`)!
      expect({ verb, scopes, tried: { ...tried, status: undefined } }).toEqual({ verb, scopes, tried: { ...told(first, caller), status: undefined } })
    }
  })
})
