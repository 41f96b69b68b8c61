/** One life of an isolated plugin: its process, the pipe to it and what watches it, from the start to the end. */
import type { CodeSession } from 'nexus-gateway/sdk/hosting'
import type { Limits } from '../contract.ts'
import type { LoadBody } from '../wire/messages.ts'
import { createLink, type Answers, type Hears, type Link } from '../wire/link.ts'
import { createFlood } from './flood.ts'
import type { Grants } from './grants.ts'
import type { Sample } from './proc.ts'
import { startProcess, type PluginProcess, type ProcessOptions } from './process.ts'
import { watchProcess } from './watch.ts'

export interface LifeOptions {
  readonly session: CodeSession
  readonly root: string
  readonly grants: Grants
  readonly limits: Limits
  readonly bwrap: boolean
  /** Where its process comes from, if not made for it. */
  begin?(options: ProcessOptions): Promise<PluginProcess>
  /** The file that it begins with: it is transformed while the process comes up. */
  readonly entry?: string
  /** Also looked after when nobody waits for it. */
  readonly eager: boolean
  readonly answers: Answers
  readonly hears: Hears
  /** A line it has written to its output. */
  onOutput?(line: string): void
  /** What it is told of its end. */
  failure(reason: string): Error
}
export interface Life {
  readonly link: Link
  readonly pid: number | undefined
  /** Once `pid` is known, if it ever will be. Not before its first sign of life. */
  readonly located: Promise<void> | undefined
  readonly contained: readonly string[]
  readonly usage: Sample | undefined
  /** Tells the watch that it has something to do. */
  wake(): void
  /** Ends it, and says why. */
  kill(reason: string): void
  /** Why it ended; then nothing of it is left. */
  readonly ended: Promise<string>
}

/** Lines of a process that are handled before everybody else has a turn. */
const perTurn = 256
/** Messages that nobody asked for, within a second. */
const mostUnasked = 10_000
/** What belongs to a call, of which there are as many as the gateway makes. */
const ofCalls: readonly string[] = ['heed', 'hold', 'release', 'pong', 'aborted']

export async function startLife(options: LifeOptions): Promise<Life> {
  const { session, limits, failure, entry, begin = startProcess } = options
  const process = await begin({ root: options.root, grants: options.grants, memoryMb: limits.memoryMb, bwrap: options.bwrap })
  // What is wrong with it is told when the process asks for it.
  if (entry !== undefined) void session.load(entry, '').catch(() => {})
  const flood = createFlood(mostUnasked)
  let verdict: string | undefined
  let located: Promise<void> | undefined
  let finished: () => void
  const read = new Promise<void>((resolve) => { finished = resolve })

  function kill(reason: string): void {
    verdict ??= reason
    watch.stop()
    process.kill()
  }

  const link = createLink(process.socket, {
    perTurn,
    answers: { ...options.answers, load: ({ specifier, from }: LoadBody) => session.load(specifier, from) },
    hears: { pong: () => {}, ...options.hears },
    onUnasked(op) { if (!ofCalls.includes(op) && !flood.take()) kill(`it sent more than ${mostUnasked} messages within a second that nobody had asked for`) },
    onBytes() {
      located ??= process.locate()
      watch.heard()
    },
    onBroken: kill,
    onEnd: () => finished(),
  })
  const watch = watchProcess({
    limits,
    pid: () => process.pid,
    busy: () => options.eager || link.waiting > 0 || link.flows.open > 0,
    unread: () => link.unread,
    ping: () => link.say('ping'),
    onVerdict: kill,
  })
  follow(process, (line) => {
    // What V8 says before it gives up; the signal it ends with says nothing.
    if (line.includes('heap out of memory')) verdict ??= `it took more memory for its objects than its limit of ${limits.memoryMb} MiB leaves them`
    options.onOutput?.(line)
  })

  const ended = process.exited.then(async (how) => {
    watch.stop()
    // What it had answered before its end is answered; a program it started may hold the pipe open.
    await Promise.race([read, new Promise((resolve) => { setTimeout(resolve, 200).unref() })])
    process.kill()
    const reason = verdict ?? how
    link.close(failure(reason))
    return reason
  })

  return {
    link, ended, kill,
    contained: process.contained,
    get pid() { return process.pid },
    get located() { return located },
    get usage() { return watch.last },
    wake: watch.wake,
  }
}

/** Its output, line by line; read in any case, or it would wait for a reader. */
function follow(process: PluginProcess, onOutput: (line: string) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = (lines.pop() ?? '').slice(-longestOutput)
      for (const line of lines) if (line !== '') onOutput(line.slice(0, longestOutput))
    })
    stream.on('error', () => {})
    stream.on('end', () => { if (rest !== '') onOutput(rest) })
  }
}
const longestOutput = 2_000
