/** What comes next: told, and on a terminal done. */
import { spawn, spawnSync } from 'node:child_process'
import { paintOf, plain, valueAt } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import type { ConfigSnapshot } from '../config/contract.ts'
import { referenceTo, type Chosen } from './settings.ts'
import type { Steps } from './steps.ts'
import type { Answered } from './write.ts'

export interface Outcome {
  readonly chosen: Chosen
  readonly before: ConfigSnapshot
  readonly noop: boolean
  readonly answered: Answered | undefined
  /** Where the key is. */
  readonly kept: string | undefined
  readonly start: boolean
}

const usualPort = 19_789
const startTries = 60

export async function finish({ io, ui }: Steps, outcome: Outcome): Promise<number> {
  const { chosen, before, noop, answered, kept, start } = outcome
  const running = await isRunning(io)
  const port = valueAt(before.config, ['gateway', 'port'])
  const api = `http://127.0.0.1:${typeof port === 'number' && port > 0 ? port : usualPort}/v1`
  const next = [...(running ? [] : ['nexus start']), 'nexus chat', 'nexus models list', 'nexus doctor']
  const value = { ok: true, model: referenceTo(chosen), config: before.path, changed: !noop, ...(kept !== undefined && { key: kept }), ...(answered && { answered: !answered.late, durationMs: answered.durationMs }), running, api, next }
  if (!ui) {
    if (start && !running) afterwards(() => foreground(['start']))
    io.print(summary(io, outcome, running, api), value)
    return 0
  }
  const then = await ui.choose('What next?', [
    { value: 'chat', label: 'Talk to it', hint: running ? 'nexus chat' : 'starts the gateway in the background; nexus stop ends it' },
    ...(running ? [] : [{ value: 'start', label: 'Start the gateway in this terminal', hint: 'nexus start' }]),
    { value: 'nothing', label: 'Nothing now' },
  ], 'chat').catch(() => 'nothing' /* what was written stays: this was the last question */)
  ui.end(`${plain(referenceTo(chosen))} is ready`)
  io.print(summary(io, outcome, running || then !== 'nothing', api), value)
  if (then === 'start') afterwards(() => foreground(['start']))
  if (then === 'chat') afterwards(() => (running || background() ? foreground(['chat']) : 1))
  return 0
}

function summary(io: CommandIo, { chosen, before, noop, answered, kept }: Outcome, running: boolean, api: string): string {
  const paint = paintOf(io)
  const rows = [
    ['settings', plain(before.path)],
    ...(kept === undefined ? [] : [['key', kept]]),
    ...(running ? [] : [['nexus start', 'start the gateway']]),
    ['nexus chat', 'talk to an agent, with tools in its workspace'],
    [api, 'for any OpenAI client; `nexus tokens create NAME --scope write` makes a key for one'],
    ['nexus help', 'everything else; README.md of the package is the guide'],
  ] as const
  const width = Math.max(...rows.map(([name]) => name!.length)) + 2
  const how = answered === undefined ? 'is set, and was not tried' : answered.late ? 'is set, and has not answered yet' : `answers, after ${(answered.durationMs / 1_000).toFixed(1)} s`
  return [`${paint('green', '✓')} ${plain(referenceTo(chosen))} ${how}${noop ? '; the settings said so already' : ''}`, '', ...rows.map(([name, text]) => `  ${paint('bold', name!.padEnd(width))}${text}`)].join('\n')
}

async function isRunning(io: CommandIo): Promise<boolean> {
  return io.connect().then(async (socket) => {
    await socket[Symbol.asyncDispose]()
    return true
  }, () => false /* nobody there: that is what was asked */)
}

/** Once this command has given back all it holds: the lock of the state directory above all. */
function afterwards(work: () => number): void {
  process.once('exit', () => { process.exitCode = work() })
}

const self = (): string => process.argv[1] ?? ''
const foreground = (args: readonly string[]): number => spawnSync(process.execPath, [self(), ...args], { stdio: 'inherit' }).status ?? 1

/** Whether it serves then. */
function background(): boolean {
  spawn(process.execPath, [self(), 'start', '--json'], { stdio: 'ignore', detached: true }).unref()
  for (let left = startTries; left > 0; left--) {
    if (spawnSync(process.execPath, [self(), 'call', 'ping'], { stdio: 'ignore' }).status === 0) return true
  }
  return false
}
