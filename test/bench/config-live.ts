/** The settings of a gateway that serves: edited by hand under load, and asked for over the wire. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { binary, root, startControl, startNexus } from './processes.ts'
import type { Row, Scenario } from './row.ts'
import { interleave, median, pairRatio } from './stats.ts'
import { open, type Wire } from './wire.ts'

const pluginCount = 30
const edits = 40
const perSecond = 500
const connections = 4
const tickMs = 5
const inFlight = 64
/** For whatever has to happen sooner or later: an edit that is noticed, a last answer. */
const patienceMs = 10_000
/** Of the kernel's watch: this long a file has to be quiet. */
const debounceMs = 100
const token = 'a-token-of-the-bench'

// ── The settings ────────────────────────────────────────────────────────────────────────────────

/** A gateway's state: settings that turn thirty plugins on, those of them that do not ship, and two files with one token. */
async function prepared(state: string): Promise<Settings> {
  const { defaults } = JSON.parse(await readFile(join(root, 'dist/plugins/manifests.json'), 'utf8')) as { defaults: string[] }
  const shipped = new Set([...defaults, 'config'])
  const places = Array.from({ length: pluginCount - shipped.size }, (_, i) => `./own/${i === 0 ? 'leaf' : `idle-${i}`}`)
  for (const place of places.slice(1)) await writePlugin(join(state, place), `export default { $type: 'nexus.plugin/1', id: '${idOf(place)}', setup() {} }`)
  await writePlugin(join(state, './own/leaf'), leafCode, {
    methods: { 'leaf.level': 'operator.read' }, routes: { 'GET /level': 'operator.read' },
    config: { type: 'object', properties: { level: { type: 'integer', minimum: 0 } }, required: ['level'], additionalProperties: false },
  })
  await mkdir(join(state, 'auth'), { mode: 0o700 })
  for (const name of tokenFiles) await writeFile(join(state, 'auth', name), `${token}\n`, { mode: 0o600 })
  const settings: Settings = { file: join(state, 'nexus.json5'), plugins: ['config', ...places], level: 0, tokenFile: tokenFiles[0] }
  await writeFile(settings.file, textOf(settings), { mode: 0o600 })
  return settings
}

interface Settings { readonly file: string; readonly plugins: readonly string[]; readonly level: number; readonly tokenFile: string }
/** They hold the same token, so that `auth` can be set up anew and nobody is shut out. */
const tokenFiles = ['token', 'token-again'] as const

const leafCode = `import { definePlugin, method, route } from 'nexus-gateway/sdk'
import * as v from 'valibot'
export default definePlugin({
  id: 'leaf',
  config: v.strictObject({ level: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  methods: { 'leaf.level': method({ scope: 'operator.read' }) },
  routes: { 'GET /level': route({ scope: 'operator.read' }) },
  setup: ({ config: { level } }) => ({ methods: { 'leaf.level': () => ({ level }) }, routes: { 'GET /level': (c) => c.json({ level }) } }),
})`

const idOf = (place: string): string => place.split('/').at(-1) ?? ''

async function writePlugin(dir: string, code: string, more: object = {}): Promise<void> {
  const nexus = { api: 1, id: idOf(dir), entry: 'index.js', requires: {}, provides: [], methods: {}, events: {}, routes: {}, paths: [], commands: {}, capabilities: [], required: false, safe: false, exclusive: false, ...more }
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: idOf(dir), version: '1.0.0', type: 'module', nexus }))
  await writeFile(join(dir, 'index.js'), code)
}

function textOf({ plugins, level, tokenFile }: Settings): string {
  return `{
  // What runs beside the default set.
  plugins: ${JSON.stringify(plugins)},
  auth: { token: { $secret: 'file:auth/${tokenFile}' } },
  logs: { level: 'info', files: 3 },
  leaf: { level: ${level} },
}
`
}

// ── A gateway whose log is read ─────────────────────────────────────────────────────────────────

/** What the log says of an edit, `started` as it stands there, and when it said so. */
interface Adopted { readonly ms: number; readonly started: string; readonly at: number }
interface Gateway extends AsyncDisposable { readonly port: number; adopted(): Promise<Adopted> }

async function startRead(state: string): Promise<Gateway> {
  const child = spawn(process.execPath, [binary, 'start', '--json', '--port', '0'], { env: { PATH: process.env['PATH'], HOME: state, NEXUS_STATE_DIR: state, NEXUS_LOG: 'info' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  const log: string[] = []
  const waiting: ((adopted: Adopted) => void)[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line)
    const [, started = '', ms] = /the settings were edited and are in use .*?started=(.*) stopped=.* ms=([\d.]+)/.exec(line) ?? []
    if (ms !== undefined) waiting.shift()?.({ ms: Number(ms), started, at: performance.now() })
  })
  const failed = (what: string): Error => new Error(`${what}; the gateway said last:\n${log.slice(-10).join('\n')}`)
  const first = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended.then(() => { throw failed('the gateway ended') })])
  const ready = JSON.parse(String(first[0])) as { url: string; active: string[] }
  if (ready.active.length !== pluginCount) throw failed(`${ready.active.length} plugins run and not ${pluginCount}`)
  return {
    port: Number(new URL(ready.url).port),
    adopted: () => Promise.race([new Promise<Adopted>((resolve) => waiting.push(resolve)), sleep(patienceMs, undefined, { ref: false }).then(() => { throw failed('an edit was not put to use') })]),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

// ── Load ────────────────────────────────────────────────────────────────────────────────────────

interface Traffic {
  readonly sent: number
  readonly perSecond: number
  readonly failed: number
  readonly dropped: number
  readonly slowestMs: number
  /** The longest that this process itself was kept from its work: of the times above, so much may be the machine's. */
  readonly stallMs: number
}

/** Requests at a steady rate, whether or not they are answered in time: calls of the leaf and past it, and HTTP with the token. */
async function traffic(port: number): Promise<() => Promise<Traffic>> {
  const wires = await Promise.all(Array.from({ length: connections }, () => open(port, token)))
  const agent = new Agent({ keepAlive: true, scheduling: 'fifo' })
  const sockets = new Set<Socket>()
  let [sent, answered, failed, dropped, slowestMs, stallMs, over] = [0, 0, 0, 0, 0, 0, false]
  const drop = (): void => { if (!over) dropped++ }
  for (const { socket } of wires) socket.on('close', drop)

  const route = () => new Promise<boolean>((resolve) => {
    get({ port, agent, path: '/leaf/level', headers: { authorization: `Bearer ${token}` } }, (res) => res.resume().on('close', () => resolve(res.complete && res.statusCode === 200)))
      .on('error', () => resolve(false))
      .on('socket', (socket) => {
        if (!sockets.has(socket)) sockets.add(socket.on('close', drop))
      })
  })
  const call = async (method: string) => await wires[sent % connections]!.send(method, {}) !== undefined
  const kinds = [route, () => call('leaf.level'), () => call('ping'), () => call('leaf.level'), () => call('ping')]

  async function one(): Promise<void> {
    const began = performance.now()
    const right = await kinds[sent++ % kinds.length]!()
    answered++
    if (!right) failed++
    slowestMs = Math.max(slowestMs, performance.now() - began)
  }
  const began = performance.now()
  const due = (): number => ((performance.now() - began) * perSecond) / 1_000
  let last = began
  const timer = setInterval(() => {
    const now = performance.now()
    stallMs = Math.max(stallMs, now - last - tickMs)
    last = now
    while (sent < due()) void one()
  }, tickMs)

  return async () => {
    clearInterval(timer)
    const seconds = (performance.now() - began) / 1_000
    for (const until = performance.now() + patienceMs; answered < sent && performance.now() < until;) await sleep(20)
    over = true
    for (const wire of wires) wire.close()
    agent.destroy()
    return { sent, perSecond: sent / seconds, failed: failed + sent - answered, dropped, slowestMs, stallMs }
  }
}

// ── Edits ───────────────────────────────────────────────────────────────────────────────────────

interface Edited { readonly ms: readonly number[]; readonly aroundMs: readonly number[]; readonly traffic: Traffic }

/** The way editors save: a new file over the old one, and the old one written anew; in turn. */
async function save({ file }: Settings, text: string, over: boolean): Promise<void> {
  await writeFile(over ? `${file}.new` : file, text, { mode: 0o600 })
  if (over) await rename(`${file}.new`, file)
}

async function edited(gateway: Gateway, plugin: string, before: Settings, key: (i: number) => Partial<Settings>): Promise<Edited> {
  const stop = await traffic(gateway.port)
  const [ms, aroundMs]: [number[], number[]] = [[], []]
  for (let i = 1; i <= edits; i++) {
    await sleep(150)
    const adopted = gateway.adopted()
    await save(before, textOf({ ...before, ...key(i) }), i % 2 === 0)
    const saved = performance.now()
    const is = await adopted
    if (is.started !== JSON.stringify(JSON.stringify([plugin]))) throw new Error(`the edit should have set up ${plugin} and nothing else: ${is.started}`)
    ms.push(is.ms)
    aroundMs.push(is.at - saved - debounceMs)
  }
  return { ms, aroundMs, traffic: await stop() }
}

function rowsOf(plugin: string, { ms, aroundMs, traffic: { failed, dropped, stallMs, ...load } }: Edited): Row[] {
  const what = `edit of a key of ${plugin === 'leaf' ? 'a leaf plugin' : plugin} among ${pluginCount} plugins`
  const row = (id: string, part: string, value: number, unit: Row['unit'], target: number, figures: Row['figures'] = {}): Row =>
    ({ id: `config-reload-${plugin}${id}`, what: `${what}, ${part}`, value, unit, target, better: 'less', control: '–', figures })
  return [
    row('', 'from the end of the debounce to use, p50', median(ms), 'ms', 50, { edits: ms.length, seenFromOutsideMs: median(aroundMs) }),
    row('-max', 'from the end of the debounce to use, slowest', Math.max(...ms), 'ms', 50, { firstMs: ms[0] ?? NaN, p90Ms: ms.toSorted((a, b) => a - b)[Math.floor(ms.length * 0.9)] ?? NaN, seenFromOutsideMs: Math.max(...aroundMs), stallMs }),
    row('-failed', `requests that failed at ${perSecond} per second`, failed, 'of them', 0, load),
    row('-dropped', 'connections dropped', dropped, 'of them', 0),
  ]
}

/** One key of the file is edited again and again while clients call, and only the plugin it belongs to is set up anew. */
export const configReload: Scenario = async () => {
  const state = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  try {
    const settings = await prepared(state)
    await using gateway = await startRead(state)
    const leaf = await edited(gateway, 'leaf', settings, (level) => ({ level }))
    const wire = await open(gateway.port, token)
    const answer = await wire.send('leaf.level', {}) as { level: number }
    wire.close()
    if (answer.level !== edits) throw new Error(`the leaf runs with level ${answer.level}, the file says ${edits}`)
    const auth = await edited(gateway, 'auth', { ...settings, level: edits }, (i) => ({ tokenFile: tokenFiles[i % 2]! }))
    return [...rowsOf('leaf', leaf), ...rowsOf('auth', auth)]
  } finally {
    await rm(state, { recursive: true, force: true })
  }
}

// ── config.get ──────────────────────────────────────────────────────────────────────────────────

/** Reads the request and gives the payload of the file it was started with. A file beside `ws`, which it imports. */
const controlCode = `import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
const payload = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const server = createServer()
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.send(JSON.stringify({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: Date.now() } }))
  socket.on('message', (data) => {
    const { id, method } = JSON.parse(data)
    socket.send(JSON.stringify({ type: 'res', id, ok: true, payload: method === 'connect' ? { type: 'hello-ok', protocol: 4 } : payload }))
  })
})
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))
`

async function readsPerSecond(wire: Wire, ms: number): Promise<number> {
  const started = performance.now()
  let done = 0
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (performance.now() - started < ms) {
      if (await wire.send('config.get', {}) === undefined) throw new Error('config.get was refused')
      done++
    }
  }))
  return done / ((performance.now() - started) / 1_000)
}

/** The settings of thirty plugins, asked for on one connection: 64 in flight. */
export const configGet: Scenario = async () => {
  const state = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  const cache = join(root, 'node_modules/.cache/nexus-bench')
  try {
    await prepared(state)
    await mkdir(cache, { recursive: true })
    await writeFile(join(cache, 'answer.mjs'), controlCode)
    await using nexus = await startNexus({ state })
    const a = await open(nexus.port, token)
    const payload = await a.send('config.get', {})
    if (payload === undefined) throw new Error('config.get was refused')
    await writeFile(join(state, 'payload.json'), JSON.stringify(payload))
    await using bare = await startControl(join(cache, 'answer.mjs'), [join(state, 'payload.json')])
    const b = await open(bare.port, token)
    const taken = await interleave(9, () => readsPerSecond(a, 700), () => readsPerSecond(b, 700))
    a.close()
    b.close()
    return [{ id: 'config-get', what: `config.get of ${pluginCount} plugins, one connection, ${inFlight} in flight`, value: pairRatio(taken), unit: '×', target: 0.7, better: 'more', control: 'bare ws, same bytes', figures: { nexusPerSecond: median(taken.a), controlPerSecond: median(taken.b), payloadBytes: JSON.stringify(payload).length } }]
  } finally {
    await rm(state, { recursive: true, force: true })
  }
}
