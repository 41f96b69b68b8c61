/** The verbs that start, stop and change processes and files. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { binary, nexus as command, stateDir } from '../../kernel/cli/spawn.ts'
import { headersOver, readAnswer, requestBytes } from './http.ts'
import { listening, put, type Own } from './gateway.ts'
import { openLine } from './line.ts'
import { jsonIn } from './lookup.ts'
import type { Input } from './schema.ts'
import type { Credential, Run, Seen } from './seen.ts'
import { upgradeHeaders } from './ws.ts'
import { operatorAddress } from './prepare.ts'
import { rpc } from './talk.ts'

export function ownOf({ target, case: { id } }: Run): Own {
  if (!target.own) throw new Error(`${id} needs a gateway of its own, so it cannot be remote`)
  return target.own
}

export async function nexus(run: Run, { args, input, env = {} }: Input<'nexus'>): Promise<Seen> {
  const { status, out, err } = await command(args, { env: { NEXUS_STATE_DIR: ownOf(run).state, ...run.registry?.env, ...env }, ...(input !== undefined && { input }) })
  run.evidence.add(out + err)
  return { verb: 'nexus', at: performance.now(), exit: status, body: out + err, payload: jsonIn(out) }
}

/** A Node that may read nothing but its own script. */
export async function child(run: Run, { script, args }: Input<'child'>): Promise<Seen> {
  const file = join(import.meta.dirname, '..', script)
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
  const { status, out, err } = await ran([flag, `--allow-fs-read=${file}`, '--no-warnings', file, ...args])
  run.evidence.add(out + err)
  return { verb: 'child', at: performance.now(), exit: status, body: out + err, payload: jsonIn(out) }
}

async function ran(args: readonly string[]): Promise<{ status: number | null; out: string; err: string }> {
  const started = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  started.stdout.setEncoding('utf8').on('data', (text: string) => { said.out += text })
  started.stderr.setEncoding('utf8').on('data', (text: string) => { said.err += text })
  await once(started, 'close')
  return { status: started.exitCode, ...said }
}

/** Whoever is not refused within 15 s serves: `ok`, with what it says as `payload`. */
export async function start(run: Run, { settings, args = [], env = {}, files = [] }: Input<'start'>): Promise<Seen> {
  const state = stateDir()
  const inside = (text: string): string => text.replaceAll('$OTHER', state)
  try {
    if (settings) put(join(state, 'nexus.json5'), inside(JSON.stringify(settings)))
    for (const { file, text, mode } of files) put(inside(file), inside(text), mode)
    const child = spawn(process.execPath, [binary(), 'start', '--json', '--port', '0', ...args.map(inside)], { env: { PATH: process.env['PATH'], HOME: '/nowhere', NEXUS_STATE_DIR: state, ...env } })
    let said = ''
    let ready: (() => void) | undefined
    for (const pipe of [child.stdout, child.stderr]) pipe.setEncoding('utf8').on('data', (text: string) => { said += text; if (said.includes('"event":"ready"')) ready?.() })
    const ended = once(child, 'close')
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await Promise.race([ended, new Promise<void>((resolve) => { ready = resolve })])
    clearTimeout(late)
    const serves = child.exitCode === null && child.signalCode === null
    if (serves) child.kill('SIGKILL')
    await ended
    run.evidence.add(said)
    const line = jsonIn(said.split('\n').find((text) => text.startsWith('{')))
    return { verb: 'start', at: performance.now(), ok: serves, exit: serves ? 0 : child.exitCode, body: said, payload: line, ...(typeof line === 'object' && line !== null && 'error' in line && { error: line.error }) }
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
}

export async function reload(run: Run, id: string, credential: Credential = { token: run.target.token() }): Promise<Seen> {
  const seen = await rpc({ run, credential, from: operatorAddress }, { method: 'plugins.reload', params: { id } })
  if (!seen.ok) throw new Error(`could not reload ${id}: ${seen.body ?? seen.fault}`)
  return seen
}

export async function restart(run: Run, how: 'kill' | 'stop'): Promise<Seen> {
  await ownOf(run).restart(how)
  return { verb: 'restart', at: performance.now() }
}

export function write(_: Run, { file, text, mode }: Input<'write'>): Seen {
  put(file, text, mode)
  return { verb: 'write', at: performance.now(), body: text }
}

export async function remove(_: Run, file: string): Promise<Seen> {
  await rm(file, { force: true, recursive: true })
  return { verb: 'remove', at: performance.now() }
}

/** Asks for every path at every door, with no credential. */
export async function knock(run: Run, { paths, upgrade }: Input<'knock'>): Promise<Seen> {
  const doors = await listening(ownOf(run).pid())
  const tries = doors.flatMap((door) => paths.map(async (path): Promise<Seen> => {
    const line = await openLine(door, run.evidence.add)
    const usual = { Host: `${door.host}:${door.port}`, ...(upgrade ? upgradeHeaders() : { Connection: 'close' }) }
    line.socket.write(requestBytes({ method: 'GET', path, headers: headersOver(usual), body: undefined }))
    const answer = await readAnswer(line, 3_000, 'GET')
    line.socket.destroy()
    return { verb: 'knock', at: performance.now(), payload: { door: door.path === undefined ? `${door.host}:${door.port}` : 'unix', path }, ...(answer ?? { fault: line.fault ?? 'no answer' }) }
  }))
  return { verb: 'knock', at: performance.now(), results: await Promise.all(tries) }
}
