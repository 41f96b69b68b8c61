/**
 * Kills a built gateway at random instants of its runs and looks whether it kept its word: nothing that was
 * acknowledged is lost or out of order, no key begins a second run, no effect of a tool is done twice, transcripts are
 * whole, and what was cut off says so. The suite runs a few rounds; `node test/system/runs-kill.mjs 500 SEED` as many
 * as wanted.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type RunsClient } from '../fixtures/runs-client.ts'
import { startRunsProvider } from '../fixtures/runs-provider.ts'
import { binary, started } from '../kernel/cli/spawn.ts'

export interface KillReport { readonly kills: number; readonly atStart: number; readonly sent: number; readonly acknowledged: number; readonly finished: number; readonly cutOff: number; readonly effects: number }
export interface KillOptions { readonly times: number; readonly seed: number; readonly tell?: (line: string) => void }

/** `final`: the last paragraph of the answer that the client had; empty for a message that went along with another. */
interface Sent { readonly key: string; readonly tools: number; readonly queueMode: string | undefined; acknowledged: boolean; final: string | undefined }
interface Marker { readonly runId: string; readonly phase: 'start' | 'end'; readonly status?: string }
interface Entry { readonly type: string; readonly id: string; readonly parentId: string | null; readonly customType?: string; readonly data?: Marker; readonly message?: { readonly role: string; readonly toolCallId?: string; readonly isError?: boolean; readonly content: readonly { readonly type: string; readonly text?: string; readonly id?: string }[] } }
interface World { readonly state: string; readonly effects: string; readonly random: () => number; readonly asked: () => number; /** What was sent in each session, in the order it was last sent. */ readonly sessions: Map<string, Sent[]> }

interface Said { readonly content: readonly { readonly text: string }[] }
const lastOf = (message: Said | undefined): string => message?.content.map(({ text }) => text).join('').split('\n\n').at(-1) ?? ''

const sessionsPerRound = 3
/** Half of the messages say what is to become of them while the session is busy. */
const queueModes = ['followup', 'collect', 'steer', 'interrupt']
/** Rounds that talk in the same sessions: long enough that a kill meets a history, short enough to be read each time. */
const roundsPerSession = 4

export async function killRuns({ times, seed, tell = () => {} }: KillOptions): Promise<KillReport> {
  const [random, pace] = [seeded(seed), seeded(seed + 1)]
  const state = mkdtempSync(join(tmpdir(), 'nexus-runs-kill-'))
  await using provider = await startRunsProvider({ delay: () => (pace() < 0.5 ? 0 : pace() * 12), misbehave: (response, { attempt }) => attempt === 1 && Boolean(response.writeHead(500).end()) })
  const world: World = { state, effects: join(state, 'effects.txt'), random, asked: () => provider.ledger.length, sessions: new Map() }
  writeFileSync(join(state, 'nexus.json5'), JSON.stringify({
    plugins: [join(import.meta.dirname, '..', 'fixtures', 'runs-effects.ts')], pluginPolicy: { trusted: ['*'] },
    'provider-openai-compatible': { baseUrl: provider.url, models: [{ id: 'm1' }] }, effects: { file: world.effects },
  }), { mode: 0o600 })
  writeFileSync(world.effects, '')
  let [atStart, cutOff] = [0, 0]
  let last: readonly string[] = []
  try {
    for (let round = 0; round < times; round++) {
      if (round % 7 === 6) {
        atStart++
        await killAtStart(world)
        continue
      }
      const names = Array.from({ length: sessionsPerRound }, (_, n) => `kill-${Math.floor(round / roundsPerSession)}-${n}`)
      cutOff += await playRound(world, round, names, last, round % 7 === 0 && round > 0)
      last = names
      if (round % 25 === 24) tell(`${round + 1} of ${times} kills`)
    }
    forgive(state)
    await using gateway = await started([], { state })
    const client = await connect(gateway.ready.url, tokenOf(state))
    cutOff += await check(world, client, [...world.sessions.keys()], false)
    checkTranscripts(world)
    client.close()
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
  // A gateway that was killed between a call and its result sends no such conversation either.
  if (provider.violations.length > 0) throw new Error(`the provider was sent what no provider takes: ${provider.violations[0]}`)
  const all = [...world.sessions.values()].flat()
  return { kills: times, atStart, sent: all.length, acknowledged: all.filter(({ acknowledged }) => acknowledged).length, finished: all.filter(({ final }) => final !== undefined).length, cutOff, effects: effectCount.get(world) ?? 0 }
}

/** Starts it, looks at what the last kill left, talks, kills. Gives how many runs were reported as cut off. */
async function playRound(world: World, round: number, names: readonly string[], before: readonly string[], recovered: boolean): Promise<number> {
  forgive(world.state)
  await using gateway = await started([], { state: world.state })
  const finals = new Map<string, string>()
  const client = await connect(gateway.ready.url, tokenOf(world.state), { keep: false, onChat: (event) => { if (event.state === 'final') finals.set(event.runId, lastOf(event['message'] as Said | undefined)) } })
  const cut = await check(world, client, before, !recovered)
  checkTranscripts(world, before)
  await resend(world, client, before)
  const killing = instant(world, 14).then(() => gateway.child.kill('SIGKILL'))
  await Promise.all(names.map((name) => talk(world, client, name, round)))
  await killing
  await gateway.ended()
  for (const sent of [...before, ...names].flatMap((name) => world.sessions.get(name) ?? [])) sent.final ??= finals.get(sent.key)
  client.close()
  return cut
}

/** After up to so many questions to the model and a few milliseconds: a busy machine is killed in the middle of its work too. */
async function instant({ random, asked }: World, most: number): Promise<void> {
  const [until, target, rest] = [Date.now() + 6_000, asked() + Math.floor(random() * most), random() * 40]
  while (asked() < target && Date.now() < until) await sleep(1)
  await sleep(rest)
}

/** A gateway that ends so often takes itself, or the plugin whose code ran, for the fault: it is told that it was not. */
function forgive(state: string): void {
  for (const file of ['boots.json', 'quarantine.json', 'running']) rmSync(join(state, 'config', file), { force: true })
}

/** Killed while it reads what the kill before has left. */
async function killAtStart({ state, random }: World): Promise<void> {
  forgive(state)
  const child = spawn(process.execPath, [binary(), 'start', '--json', '--port', '0'], { env: { PATH: process.env['PATH'], HOME: '/nowhere', NEXUS_STATE_DIR: state }, stdio: 'ignore' })
  await sleep(100 + random() * 600)
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
}

async function talk(world: World, client: RunsClient, session: string, round: number): Promise<void> {
  const list = world.sessions.get(session) ?? (world.sessions.set(session, []), world.sessions.get(session)!)
  for (let n = 0; n < 3; n++) {
    const queueMode = queueModes[Math.floor(world.random() * 2 * queueModes.length)]
    const sent: Sent = { key: `${session}-r${round}m${n}`, tools: Math.floor(world.random() * 3), queueMode, acknowledged: false, final: undefined }
    list.push(sent)
    try {
      const { ok, error } = await client.call('chat.send', paramsOf(session, sent))
      if (!ok) throw new Error(`chat.send was refused: ${JSON.stringify(error)}`)
      sent.acknowledged = true
      await sleep(world.random() * 120)
    } catch (error) {
      if (String(error).includes('refused')) throw error
      return // killed
    }
  }
}

const paramsOf = (session: string, { key, tools, queueMode }: Sent): object => ({ ...(queueMode !== undefined && { queueMode }), sessionKey: session, message: `k=${key} tools=${tools}${key.endsWith('m1') ? ' fault=once' : ''}`, idempotencyKey: key })

/** The same keys again: what was acknowledged begins nothing; what was not is taken once, now or then. */
async function resend(world: World, client: RunsClient, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const list = world.sessions.get(name)!
    for (const sent of [...list]) {
      const { ok, payload, error } = await client.call('chat.send', paramsOf(name, sent))
      if (!ok) throw new Error(`a key that was sent before is refused: ${JSON.stringify(error)}`)
      if (sent.acknowledged && payload?.['status'] !== 'ok') throw new Error(`${sent.key} was acknowledged, and sent again it is ${String(payload?.['status'])}`)
      if (payload?.['status'] === 'started') list.push(...list.splice(list.indexOf(sent), 1))
      sent.acknowledged = true
    }
  }
}

// ── What is looked at ───────────────────────────────────────────────────────────────────────────

async function check(world: World, client: RunsClient, names: readonly string[], reported: boolean): Promise<number> {
  const { payload, error } = await client.call('sessions.interrupted', undefined)
  if (!payload) throw new Error(`no report of what was cut off: ${JSON.stringify(error)}`)
  const cut = new Set((payload['runs'] as { runId: string }[]).map(({ runId }) => runId))
  for (const name of names) {
    const list = world.sessions.get(name)!
    const seen = await historyOf(client, name)
    const users = seen.filter(({ role }) => role === 'user').map(({ text }) => /k=([\w-]+)/.exec(text)?.[1] ?? text)
    const expected = list.filter(({ key, acknowledged }) => acknowledged || users.includes(key)).map(({ key }) => key)
    if (JSON.stringify(users) !== JSON.stringify(expected)) throw new Error(`${name}: acknowledged ${expected.join(' ')}; in the history ${users.join(' ')}`)
    for (const { key, final } of list) if (final && !seen.some(({ role, text }) => role === 'assistant' && text === final)) throw new Error(`${key}: the client had the answer, the history has not`)
    const ends = new Map(entriesIn(world, name).flatMap(({ customType, data }) => (customType === 'nexus.run' && data?.phase === 'end' ? [[data.runId, data.status] as const] : [])))
    for (const key of users) {
      const status = ends.get(key)
      if (status === undefined) throw new Error(`${key}: no end stands in the transcript`)
      if (list.find((sent) => sent.key === key)!.final !== undefined && status !== 'ok') throw new Error(`${key}: the client had the answer, and the transcript says ${status}`)
      if (status === 'interrupted' && reported && !cut.has(key) && isLatest(list, key)) throw new Error(`${key}: cut off and not reported`)
      if (cut.has(key) && status !== 'interrupted') throw new Error(`${key}: reported as cut off, and the transcript says ${status}`)
    }
  }
  checkEffects(world, names)
  return cut.size
}

/** Of the latest round of its session: older ones were reported before. */
const isLatest = (list: readonly Sent[], key: string): boolean => key.split('m')[0] === list.at(-1)!.key.split('m')[0]

async function historyOf(client: RunsClient, sessionKey: string): Promise<{ role: string; text: string }[]> {
  const all: { role: string; text: string }[] = []
  for (let cursor: unknown; ;) {
    const { ok, payload, error } = await client.call('chat.history', { sessionKey, limit: 7, ...(cursor === undefined ? {} : { cursor }) })
    if (!ok) throw new Error(`no history of ${sessionKey}: ${JSON.stringify(error)}`)
    const page = payload!['messages'] as { role: string; content: { text?: string }[] }[]
    all.unshift(...page.map(({ role, content }) => ({ role, text: content.map(({ text = '' }) => text).join('') })))
    cursor = payload!['nextCursor']
    if (cursor === undefined) return all
  }
}

/** Nothing for a session that a kill forestalled. */
function entriesIn(world: World, name: string): Entry[] {
  const document = join(world.state, 'documents', 'sessions', 'main', `agent%3Amain%3A${name}.json`)
  if (!existsSync(document)) return []
  const { value } = JSON.parse(readFileSync(document, 'utf8')) as { value: { id: string } }
  const transcript = join(world.state, 'sessions', 'main', `${value.id}.jsonl`)
  return existsSync(transcript) ? linesOf(readFileSync(transcript, 'utf8')) as Entry[] : []
}

const linesOf = (text: string): unknown[] => text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as unknown)

/** Each line is JSON, each entry has the one before as its parent, no id twice, and a call has one result at most. */
function checkTranscripts(world: World, names?: readonly string[]): void {
  const folder = join(world.state, 'sessions', 'main')
  const all = names?.map((name) => entriesIn(world, name)) ?? readdirSync(folder).filter((file) => file.endsWith('.jsonl')).map((file) => linesOf(readFileSync(join(folder, file), 'utf8')) as Entry[])
  for (const [header, ...entries] of all) {
    if (header === undefined && names) continue
    if (header?.type !== 'session') throw new Error('a transcript without its header')
    const [ids, results, calls] = [new Set<string>(), new Set<string>(), new Set<string>()]
    let parent: string | null = null
    for (const { id, parentId, message } of entries) {
      if (parentId !== parent || ids.has(id)) throw new Error(`the chain of a transcript is broken at ${id}`)
      ids.add(id)
      parent = id
      for (const part of message?.content ?? []) if (part.type === 'toolCall') calls.add(part.id!)
      const result = message?.toolCallId
      if (result === undefined) continue
      if (results.has(result) || !calls.has(result)) throw new Error(`a result too many of ${result}`)
      results.add(result)
    }
  }
}

const effectCount = new WeakMap<World, number>()

/** No call was run twice, and none that its transcript knows to be done was not. */
function checkEffects(world: World, names: readonly string[]): void {
  const began = new Set<string>()
  const ended = new Set<string>()
  for (const line of readFileSync(world.effects, 'utf8').split('\n').filter((one) => one !== '')) {
    const [phase, id] = line.split(' ') as [string, string]
    const set = phase === 'began' ? began : ended
    if (set.has(id)) throw new Error(`the effect of ${id} was done twice`)
    set.add(id)
  }
  for (const name of names) {
    for (const { message } of entriesIn(world, name)) if (message?.role === 'toolResult' && message.isError === false && !ended.has(message.toolCallId!)) throw new Error(`${message.toolCallId} stands in the transcript and was never done`)
    for (const { key, tools, final } of world.sessions.get(name)!) if (final === `answer ${key}`) for (let n = 0; n < tools; n++) if (!ended.has(`${key}.${n}`)) throw new Error(`${key}.${n} belongs to an answer and was never done`)
  }
  effectCount.set(world, began.size)
}

const tokenOf = (state: string): string => readFileSync(join(state, 'auth', 'token'), 'utf8').trim()

/** Park and Miller's: the same seed kills at about the same instants. */
function seeded(seed: number): () => number {
  let now = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1
  return () => {
    now = (now * 48_271) % 2_147_483_647
    return now / 2_147_483_647
  }
}
