/** What is attacked: a gateway of our own that we start and kill, or any other by its address. */
import { readFile, readlink, readdir } from 'node:fs/promises'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { started, stateDir, type Started } from '../../kernel/cli/spawn.ts'
import type { Address } from './line.ts'
import { filledIn, type Lookup } from './variables.ts'

export interface Target {
  readonly address: () => Address
  readonly url: () => string
  /** The shared token; empty where nobody but the gateway knows it. */
  readonly token: () => string
  /** Ids of what runs there. */
  readonly plugins: ReadonlySet<string>
  /** Only of a gateway of our own. */
  readonly own: Own | undefined
}

export interface Own {
  readonly state: string
  pid(): number
  /** All that it has said since the first start. */
  log(): string
  rss(): Promise<number>
  restart(how: 'kill' | 'stop'): Promise<void>
  end(): Promise<void>
}

export interface Wanted {
  readonly settings: Readonly<Record<string, unknown>>
  /** Ids and files, as for `--plugins`. */
  readonly plugins: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly files: readonly { readonly file: string; readonly text: string; readonly mode?: string | undefined }[]
  /** Octal: what the process is told to leave out of modes. */
  readonly umask?: string | undefined
}

export function addressIn(url: string): Address {
  const { protocol, hostname, port } = new URL(url)
  const secure = protocol === 'https:' || protocol === 'wss:'
  return { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || (secure ? 443 : 80)), secure }
}

export async function startGateway(wanted: Wanted, lookup: Lookup): Promise<Target & { readonly own: Own }> {
  const state = stateDir()
  const known: Lookup = (name) => (name === 'state' ? state : lookup(name))
  if (Object.keys(wanted.settings).length > 0) put(join(state, 'nexus.json5'), JSON.stringify(filledIn(wanted.settings, known)), '600')
  for (const { file, text, mode } of wanted.files) put(filledIn(file, known), filledIn(text, known), mode)
  const args = wanted.plugins.length > 0 ? ['--plugins', wanted.plugins.join(',')] : []
  const env = filledIn(wanted.env, known)
  const start = (): Promise<Started> => masked(wanted.umask, () => started(args, { state, env }))
  let before = ''
  let gateway = await start().catch((error: unknown) => {
    rmSync(state, { recursive: true, force: true })
    throw error
  })
  const tokenFile = join(state, 'auth', 'token')
  const own: Own = {
    state,
    pid: () => gateway.ready.pid,
    log: () => before + gateway.said.out + gateway.said.err,
    rss: async () => Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${gateway.ready.pid}/status`, 'utf8'))?.[1]) / 1024,
    async restart(how) {
      gateway.child.kill(how === 'kill' ? 'SIGKILL' : 'SIGTERM')
      await gateway.ended()
      before = own.log()
      gateway = await start()
    },
    async end() {
      await gateway[Symbol.asyncDispose]()
      rmSync(state, { recursive: true, force: true })
    },
  }
  return {
    own,
    plugins: new Set(gateway.ready.active),
    url: () => gateway.ready.url,
    address: () => addressIn(gateway.ready.url),
    token: () => env['NEXUS_TOKEN'] ?? literalToken(wanted.settings) ?? written(tokenFile),
  }
}

/** A process has the umask of the one that starts it, at that moment. */
function masked<T>(umask: string | undefined, run: () => T): T {
  if (umask === undefined) return run()
  const before = process.umask(Number.parseInt(umask, 8))
  try {
    return run()
  } finally {
    process.umask(before)
  }
}

function written(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

function literalToken({ auth }: Readonly<Record<string, unknown>>): string | undefined {
  const token = typeof auth === 'object' && auth !== null && 'token' in auth ? auth.token : undefined
  return typeof token === 'string' ? token : undefined
}

export function put(file: string, text: string, mode = '600'): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, text, { mode: Number.parseInt(mode, 8) })
}

/** Every socket the process listens on: TCP ones by address, unix ones by path. */
export async function listening(pid: number): Promise<Address[]> {
  const fds = await readdir(`/proc/${pid}/fd`)
  const links = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  const inodes = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]).filter((inode) => inode !== undefined))
  const rows = async (name: string): Promise<string[][]> => (await readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')).split('\n').slice(1).map((line) => line.trim().split(/\s+/))
  const tcp = [...await rows('tcp'), ...await rows('tcp6')].filter((row) => row[3] === '0A' && inodes.has(row[9] ?? ''))
  const unix = (await rows('unix')).filter((row) => row[3] === '00010000' && inodes.has(row[6] ?? '') && row[7])
  return [
    ...tcp.map((row) => ({ host: hostIn(String(row[1]).split(':')[0]!), port: Number.parseInt(String(row[1]).split(':')[1]!, 16), secure: false })),
    ...unix.map((row) => ({ host: 'unix', port: 0, secure: false, path: String(row[7]) })),
  ]
}

/** The kernel writes 127.0.0.1 as 0100007F; whoever listens on all addresses is met on loopback. */
function hostIn(hex: string): string {
  if (hex.length > 8) return '::1'
  const bytes = [...Buffer.from(hex, 'hex')].reverse()
  return bytes.every((byte) => byte === 0) ? '127.0.0.1' : bytes.join('.')
}
