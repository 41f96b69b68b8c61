/**
 * What a plugin's process may ask of the gateway, each thing checked here against what the plugin declares: the
 * process itself is not believed. What it does not declare is refused, and written down as an offence.
 */
import { lowered, labels, NexusError } from 'nexus-gateway/sdk'
import type { Cause, Ctx, Label, LogLevel, Manifest, Secret } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import type { CauseHandle } from '../wire/call.ts'
import { fromFailure } from '../wire/failure.ts'
import type { EmitBody, FaultBody, InvokeBody, LogBody, TimerBody, UseBody, VerbBody } from '../wire/messages.ts'
import type { Answers, Asked, Hears, Link } from '../wire/link.ts'
import type { Loan, Loans } from '../wire/loans.ts'
import type { Calls } from './calls.ts'
import { createFlood } from './flood.ts'

/** As the gateway gives it to a definition whose contract it does not know. */
export type AnyCtx = Ctx<Record<string, never>, undefined, Record<string, never>>

export interface DutyOptions {
  readonly ctx: AnyCtx
  readonly manifest: Manifest
  readonly calls: Calls
  readonly secrets: readonly Secret[]
  readonly link: () => Link | undefined
  readonly loans: () => Loans
  /** Ends the process, and says why. */
  kill(reason: string): void
}

const levels: readonly string[] = ['debug', 'info', 'warn', 'error']
/** Lines of a log within a second. */
const mostLines = 200
const mostFields = 32_000
/** Offences that are written down within a second. */
const mostOffences = 5
/** Each is one of the gateway's own. */
const mostTimers = 10_000

/** Its end is told once, and is no fault of each thing that it was doing. */
const unlessDown = (error: unknown): void => {
  if (!(error instanceof NexusError && error.code === 'NEXUS_ISOLATION_DOWN')) throw error
}

const bounded = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => (JSON.stringify(fields).length > mostFields ? { fields: 'left out: too much for a line of a log' } : fields)

export function createDuties({ ctx, manifest, calls, secrets, link, loans, kill }: DutyOptions): { readonly answers: Answers; readonly hears: Hears; output(line: string): void; causeOf(handle: CauseHandle): Cause; /** Its process is gone. */ end(): void } {
  const plugin = manifest.id
  const lines = createFlood(mostLines)
  const offences = createFlood(mostOffences)
  let timers = 0
  /** Timers of calls under way, which go on until the process ends. */
  const waiting = new Set<unknown>()

  function offence(what: string) {
    if (offences.take()) ctx.log.warn('it asked for something that it does not declare', { what })
    return fail('NEXUS_ISOLATION_UNDECLARED', { plugin, what })
  }

  /** The one that the gateway itself knows; the process has a number for it. */
  function causeOf({ call, label }: VerbBody['cause'], verb: string): Cause {
    const known = call === undefined ? ctx.cause : calls.find(call)
    if (!known) {
      offence('a call on behalf of one that has ended or never was')
      throw fail('NEXUS_ISOLATION_CAUSE_GONE', { plugin, verb })
    }
    return label !== undefined && labels.includes(label as Label) ? lowered(known, label as Label) : known
  }

  function member({ service, member }: UseBody): (...args: readonly unknown[]) => unknown {
    const wanted = Object.hasOwn(manifest.requires, service) ? (ctx.deps as Readonly<Record<string, unknown>>)[service] : undefined
    const run = typeof wanted === 'object' && wanted !== null && Object.hasOwn(wanted, member) ? (wanted as Readonly<Record<string, unknown>>)[member] : undefined
    if (typeof run !== 'function') throw offence(`${member} of the service it calls ${service}`)
    return run.bind(wanted) as (...args: readonly unknown[]) => unknown
  }

  async function borrowing(loan: Loan, run: (...args: readonly unknown[]) => unknown): Promise<unknown> {
    const { args, release } = loans().take(loan)
    try {
      return await run(...args)
    } finally {
      release()
    }
  }

  function log({ level, message, fields }: LogBody): void {
    if (!lines.take()) return
    const lost = lines.refused()
    if (lost > 0) ctx.log.warn('lines of its log were left out', { lines: lost })
    const at = (levels.includes(level) ? level : 'info') as LogLevel
    ctx.log[at](String(message).slice(0, 8_000), typeof fields === 'object' && fields !== null ? bounded(fields) : undefined)
  }

  function emit({ name, payload, options }: EmitBody): void {
    if (!Object.hasOwn(manifest.events, name)) return void offence('an event')
    const { v3, ...rest } = options
    try {
      ctx.emit(name as never, payload as never, { ...rest, ...(v3 !== undefined && { v3: () => v3 }) })
    } catch (error) {
      ctx.log.error('an event was not sent', { event: name, error })
    }
  }

  /** A tick is asked for, so that the gateway knows of it as long as it runs, and of its faults. */
  function timer({ id, ms, owned }: TimerBody): void {
    const from = link()
    if (++timers > mostTimers) return kill(`it has asked for more than ${mostTimers} timers at once`)
    const tick = async (): Promise<void> => {
      timers--
      if (link() === from) await from?.ask('tick', { id, now: ctx.clock.now() }).catch(unlessDown)
    }
    try {
      if (owned) ctx.scope.timeout(tick, ms)
      else {
        const timer = ctx.clock.setTimeout(() => {
          waiting.delete(timer)
          void tick().catch((error: unknown) => ctx.log.error('fault in a timer', { error }))
        }, ms)
        waiting.add(timer)
      }
    } catch {
      // It is being closed, and nothing that begins now would end.
    }
  }

  return {
    answers: {
      verb: ({ name, params, cause }: VerbBody, asked: Asked) => ctx.call({ id: '' } as never, name as never, params as never, { cause: causeOf(cause, name), signal: asked.signal }),
      service: (body: UseBody) => borrowing(body, member(body)),
      invoke: ({ hook, mode, onError, ...loan }: InvokeBody) => borrowing(loan, (...args) => ctx.invoke({ kind: 'hook', id: hook, mode, onError } as never, ...args as never)),
      secret: (number: number) => {
        const secret = secrets[number]
        if (!secret) throw offence('a secret')
        return secret.reveal()
      },
    },
    hears: {
      log, emit, timer,
      aborted: (signal: number) => loans().aborted(signal),
      heed: (id: number) => calls.heed(id),
      hold: (id: number) => calls.hold(id),
      release: (id: number) => calls.release(id),
      offence: (what: string) => void offence(String(what).slice(0, 200)),
      fault: ({ where, failure }: FaultBody) => ctx.log.error(`fault in ${String(where).slice(0, 200)}`, { error: fromFailure(failure) }),
    },
    causeOf: (handle) => causeOf(handle, 'something'),
    end() {
      for (const timer of waiting) ctx.clock.clearTimeout(timer)
      waiting.clear()
    },
    output: (line) => log({ level: 'info', message: line }),
  }
}
