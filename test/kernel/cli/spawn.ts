/** The binary as it ships, run as a process. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { built } from '../../fixtures/built.ts'

export interface Ended { readonly status: number | null; readonly out: string; readonly err: string }
interface Options { readonly env?: Readonly<Record<string, string>>; readonly input?: string; readonly cwd?: string }

export const binary = (): string => join(built(), 'nexus.cjs')
export const stateDir = (): string => mkdtempSync(join(tmpdir(), 'nexus-cli-'))

/** Only what is given here reaches the process; there is no state directory at `/nowhere`. */
function environment(env: Options['env']): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: '/nowhere', NEXUS_STATE_DIR: '/nowhere/state', ...env }
}

function launch(args: readonly string[], options: Options): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [binary(), ...args], { env: environment(options.env), cwd: options.cwd, stdio: 'pipe' })
}

export async function nexus(args: readonly string[], options: Options = {}): Promise<Ended> {
  const child = launch(args, options)
  child.stdin.end(options.input ?? '')
  return ended(child, output(child))
}

const output = (child: ChildProcessWithoutNullStreams) => {
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => { said.out += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said.err += text })
  return said
}
async function ended(child: ChildProcessWithoutNullStreams, said: { out: string; err: string }): Promise<Ended> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  return { status: child.exitCode, ...said }
}

export interface Started extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams
  readonly ready: { readonly event: 'ready'; readonly url: string; readonly pid: number; readonly active: string[]; readonly failed: { id: string; code: string; fix: string }[]; readonly mode: string; readonly reasons: string[] }
  readonly state: string
  readonly said: { readonly out: string; readonly err: string }
  readonly env: { readonly NEXUS_STATE_DIR: string }
  ended(): Promise<Ended>
}

/** A gateway on a port of its own, by `nexus start --json`. Throws what it said if it ends before it is ready. */
export async function started(args: readonly string[] = [], options: Options & { readonly state?: string; /** false: the port is that of the settings. */ readonly port?: false } = {}): Promise<Started> {
  const state = options.state ?? stateDir()
  const env = { NEXUS_STATE_DIR: state }
  const child = launch(['start', '--json', ...(options.port === false ? [] : ['--port', '0']), ...args], { ...options, env: { ...env, ...options.env } })
  const said = output(child)
  while (!said.out.includes('\n') && child.exitCode === null) await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
  if (!said.out.startsWith('{"event":"ready"')) {
    const { status } = await ended(child, said)
    throw new Error(`the gateway ended with ${status}: ${said.out}${said.err}`)
  }
  return {
    child, state, said, env,
    ready: JSON.parse(said.out.split('\n', 1)[0]!) as Started['ready'],
    ended: () => ended(child, said),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended(child, said)
      if (options.state === undefined) rmSync(state, { recursive: true, force: true })
    },
  }
}
