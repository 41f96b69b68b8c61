/** One process for one plugin: started with what it was granted and nothing else, and ended for good. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { constants, setPriority } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { bwrapArguments } from './bwrap.ts'
import { libraries, type Grants } from './grants.ts'
import { permissionFlags } from './permissions.ts'
import { firstChild, lowerSession } from './proc.ts'

export interface ProcessOptions {
  readonly root: string
  readonly grants: Grants
  readonly memoryMb: number
  readonly bwrap: boolean
}
export interface PluginProcess {
  readonly socket: Socket
  readonly stdout: Readable
  readonly stderr: Readable
  /** Of the process that runs the plugin; with bwrap, known once that has been looked for. */
  readonly pid: number | undefined
  /** To be called when the plugin's process has shown a sign of life. */
  locate(): Promise<void>
  readonly contained: readonly string[]
  /** How it ended, in words. */
  readonly exited: Promise<string>
  kill(): void
}

/** Also of its session, which it has to itself in bwrap: where Linux shares processors out by session, a process's own counts only within that. */
const niceness = 10
/** For bwrap to have made its first process. */
const longestStartMs = 2_000
/** Of what it may have, the part that JavaScript objects get; the rest is Node's own. */
const heapShare = 0.75

export async function startProcess({ root, grants, memoryMb, bwrap }: ProcessOptions): Promise<PluginProcess> {
  const own = await ownParts()
  const read = [...own.read, root, ...await libraries(root)]
  const heap = Math.max(16, Math.floor(memoryMb * heapShare))
  const node = [process.execPath, ...permissionFlags(grants, [...read, ...own.linked.map(([, at]) => at)]), `--max-old-space-size=${heap}`, join(built(), 'plugins', 'isolation', 'child.js'), grants.net.join(','), ...variables(grants)]
  const command = bwrap ? [...bwrapArguments(grants, { read, linked: own.linked }, root), ...node] : node
  // No core files, which would hold its secrets, and no more descriptors than a plugin has use for.
  const [program = '', ...args] = process.platform === 'win32' ? command : ['/bin/sh', '-c', 'ulimit -c 0; ulimit -n 512; exec "$@"', 'sh', ...command]
  const child = spawn(program, args, { cwd: root, env: environment(grants), stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...(bwrap ? ['pipe' as const] : [])] })
  const exited = endOf(child)
  lower(child.pid)
  let inner = bwrap ? undefined : child.pid
  const first = bwrap ? insider(child.stdio[4] as unknown as Readable) : undefined
  const socket = child.stdio[3] as unknown as Socket
  // Its end is told by `exited`, and a write that came too late has nobody to tell.
  socket.on('error', () => {})
  return {
    socket, exited,
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    get pid() { return inner },
    async locate() {
      const pid = await first
      if (pid === undefined) return
      inner = await firstChild(pid)
      // Without bwrap its session is the gateway's.
      if (inner !== undefined) void lowerSession(inner, niceness)
    },
    contained: ['permissions', ...(bwrap ? ['bwrap', ...(grants.net.length > 0 ? [] : ['no network'])] : [])],
    kill() {
      socket.destroy()
      if (!first) return void child.kill('SIGKILL')
      // With the first process of a namespace end all others, and only then does bwrap tell that it has ended. Ended
      // before it has told of that process, bwrap would leave it behind, waiting for ever.
      const late = setTimeout(() => child.kill('SIGKILL'), longestStartMs)
      late.unref()
      void exited.then(() => clearTimeout(late))
      void first.then((pid) => { if (pid === undefined || !ended(pid)) child.kill('SIGKILL') })
    },
  }
}

/** Names of what it may see of the environment; never of what would change how the process itself is started. */
const variables = ({ env, run }: Grants): string[] => [...env, ...(run ? ['PATH'] : [])].filter((name) => !/^(NODE_|LD_|DYLD_)/i.test(name))

function environment(grants: Grants): NodeJS.ProcessEnv {
  return Object.fromEntries(variables(grants).flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it could not be started (${(error as NodeJS.ErrnoException).code ?? error.message})`))
    child.once('exit', (code, signal) => resolve(signal ? `it ended by ${signal}` : code !== null && code > 128 ? `it ended by ${signalOf(code - 128)}` : `it ended with exit code ${code}`))
  })
}

const signalOf = (number: number): string => Object.entries(constants.signals).find(([, n]) => n === number)?.[0] ?? `signal ${number}`

function ended(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

function lower(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, niceness)
  } catch {
    // It has ended already, which is told elsewhere.
  }
}

/** bwrap tells of the first process of the new namespace, whose first child is the plugin's. It writes once more at the end. */
function insider(status: Readable): Promise<number | undefined> {
  return new Promise((resolve) => {
    let text = ''
    status.setEncoding('utf8')
    status.on('data', (chunk: string) => {
      text = (text + chunk).slice(-1_000)
      const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1]
      if (pid !== undefined) resolve(Number(pid))
    })
    status.on('close', () => resolve(undefined))
  })
}

/** `dist` of this package, whether this is part of it or of the source. */
function built(): string {
  let dir = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(dir, 'dist', 'plugins', 'isolation', 'child.js')) && dirname(dir) !== dir) dir = dirname(dir)
  return join(dir, 'dist')
}

/** What the process runs on: one folder each, never the whole package. */
interface Parts {
  /** Real paths. */
  readonly read: readonly string[]
  /** Libraries that are found by way of a link, as in some layouts of `node_modules`: where they are, and where they are looked for. */
  readonly linked: readonly (readonly [real: string, at: string])[]
}

async function ownParts(): Promise<Parts> {
  const dist = built()
  const libraries = await Promise.all(['valibot', 'hono'].map((name) => libraryOf(name, dist)))
  const own = await Promise.all([...['sdk', 'chunks', 'plugins'].map((part) => join(dist, part)), join(dist, '..', 'package.json')].map((path) => realpath(path)))
  return { read: [...own, ...libraries.map(([real]) => real)], linked: libraries.filter(([real, at]) => real !== at) }
}

/** Where Node finds it from `dir`. */
async function libraryOf(name: string, dir: string): Promise<readonly [real: string, at: string]> {
  const at = join(dir, 'node_modules', name)
  if (existsSync(at)) return [await realpath(at), at]
  if (dirname(dir) === dir) throw new Error(`the library ${name} is not there: install the gateway again`)
  return libraryOf(name, dirname(dir))
}
