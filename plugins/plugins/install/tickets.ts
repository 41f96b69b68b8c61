/** What is being installed and waits for consent: each in a folder of its own, bounded in number and in time. */
import { randomUUID } from 'node:crypto'
import { NexusError } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { diskFault, removeTree } from './disk.ts'
import { newStaging } from './places.ts'
import type { Ready } from './stage.ts'
import type { InstallPhase, Staged } from './verbs.ts'

interface Agreeable { readonly ready: Ready; readonly enable: boolean }
export type Outcome = Agreeable | 'current'
export interface Ticket { readonly id: string; readonly staging: string; readonly signal: AbortSignal; phase(name: InstallPhase): void }
export interface Tickets {
  /** Starts `work` in a staging folder. Throws NEXUS_PLUGINS_TOO_MANY. */
  open(work: (ticket: Ticket) => Promise<Outcome>): Promise<string>
  /** Throws NEXUS_PLUGINS_TICKET. */
  get(id: string): Staged
  /** Resolves when its phase is another one than `seen`, or after a while. */
  wait(id: string, seen: InstallPhase | undefined, signal: AbortSignal): Promise<Staged>
  /** Once: what is ready is the taker's, until it gives it back. Throws NEXUS_PLUGINS_TICKET_BUSY. */
  take(id: string, accept: string): Agreeable
  /** Throws away what is left of it. */
  discard(id: string): Promise<void>
  close(): Promise<void>
}
export interface TicketOptions {
  readonly dir: string
  /** Staging folders in use. */
  readonly own: Set<string>
  now(): number
  after(ms: number, run: () => void): () => void
  changed(staged: Staged): void
  /** What nobody has foreseen. */
  unforeseen(error: unknown): void
}

const mostTickets = 8
const mostEnded = 32
const lifeMs = 15 * 60_000
const waitMs = 5_000

interface Kept { staged: Staged; outcome?: Agreeable; readonly staging: string; expires: number; readonly stop: AbortController; done: Promise<void>; /** Calls off what throws it away in time. */ cancel(): void; readonly waiting: Set<() => void> }

export function createTickets({ dir, own, now, after, changed, unforeseen }: TicketOptions): Tickets {
  const kept = new Map<string, Kept>()
  let opening = 0

  function update(ticket: Kept, next: Partial<Staged>): void {
    ticket.staged = { ...ticket.staged, ...next }
    changed(ticket.staged)
    for (const wake of ticket.waiting) wake()
  }

  function find(id: string): Kept {
    const ticket = kept.get(id)
    if (!ticket || ticket.expires <= now()) throw fail('NEXUS_PLUGINS_TICKET')
    return ticket
  }

  async function open(work: (ticket: Ticket) => Promise<Outcome>): Promise<string> {
    const ended = [...kept].filter(([, { staged }]) => staged.state === 'failed' || staged.state === 'current').map(([id]) => id)
    for (const [id, { expires }] of kept) if (expires <= now()) await discard(id)
    // They hold no folder any more, only their answer, for whoever asks.
    for (const id of ended.slice(0, -mostEnded)) await discard(id)
    if (kept.size - ended.filter((id) => kept.has(id)).length + opening >= mostTickets) throw fail('NEXUS_PLUGINS_TOO_MANY')
    opening++
    try {
      const id = randomUUID()
      const staging = await newStaging(dir, own)
      const ticket: Kept = { staged: { ticket: id, state: 'working', phase: 'waiting' }, staging, expires: now() + lifeMs, stop: new AbortController(), done: Promise.resolve(), cancel: after(lifeMs, () => void discard(id)), waiting: new Set() }
      kept.set(id, ticket)
      ticket.done = run(ticket, work)
      return id
    } finally {
      opening--
    }
  }

  async function run(ticket: Kept, work: (ticket: Ticket) => Promise<Outcome>): Promise<void> {
    const { staging, stop: { signal } } = ticket
    const clear = (): Promise<void> => removeTree(staging)
    try {
      const outcome = await work({ id: ticket.staged.ticket, staging, signal, phase: (phase) => update(ticket, { phase }) })
      if (outcome === 'current') {
        await clear()
        return update(ticket, { phase: 'done', state: 'current' })
      }
      ticket.outcome = outcome
      update(ticket, { phase: 'done', state: 'ready', consent: outcome.ready.consent })
    } catch (error) {
      // Whoever is told that nothing was changed finds nothing changed.
      await clear().catch(() => {})
      if (!(error instanceof NexusError)) unforeseen(error)
      update(ticket, { phase: 'done', state: 'failed', error: faultOf(error) })
    }
  }

  async function discard(id: string): Promise<void> {
    const ticket = kept.get(id)
    if (!ticket) return
    ticket.cancel()
    ticket.stop.abort()
    await ticket.done
    await removeTree(ticket.staging)
    own.delete(ticket.staging)
    kept.delete(id)
  }

  return {
    open, discard,
    get: (id) => find(id).staged,
    async wait(id, seen, signal) {
      const ticket = find(id)
      const { staged } = ticket
      if (staged.state !== 'working' || seen === undefined || staged.phase !== seen) return staged
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          cancel()
          ticket.waiting.delete(wake)
          resolve()
        }
        const cancel = after(waitMs, () => wake())
        ticket.waiting.add(wake)
        signal.addEventListener('abort', wake, { once: true })
      })
      return ticket.staged
    },
    take(id, accept) {
      const ticket = find(id)
      const { outcome, staged } = ticket
      if (staged.state !== 'ready' || outcome === undefined) throw fail('NEXUS_PLUGINS_TICKET_BUSY')
      if (outcome.ready.consent.digest !== accept) throw fail('NEXUS_PLUGINS_ACCEPT')
      delete ticket.outcome
      ticket.staged = { ...staged, state: 'working' }
      return outcome
    },
    async close() {
      await Promise.all([...kept.keys()].map(discard))
    },
  }
}

function faultOf(error: unknown): NonNullable<Staged['error']> {
  const known = diskFault(error)
  const { code, message, fix, exit } = known instanceof NexusError ? known : fail('NEXUS_PLUGINS_DISK', { reason: 'an error nobody expected; the gateway\'s log has it' }, error)
  return { code, message, fix, exit }
}
