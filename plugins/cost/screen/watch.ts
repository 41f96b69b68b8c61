/** Follows what costs over the gateway's WebSocket until Ctrl-C; a connection that breaks is made anew, and what was charged meanwhile is told. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandIo, CommandSocket } from 'nexus-gateway/sdk'
import type { BudgetState, CostStatus, Settled } from '../wire.ts'
import type { Charges } from './charges.ts'
import type { View } from './views.ts'

const firstShown = 20
const mostMissed = 1_000
const mostSeen = 4_000
/** Between two looks at the sums while much is charged, and between two pictures while nothing is. */
const refreshMs = 500
const tickMs = 1_000
const retry = { leastMs: 250, mostMs: 5_000 } as const

/** Rejects with what the first connection failed with, and later with what no waiting mends. */
export async function watch(io: CommandIo, open: () => View): Promise<void> {
  const seen = createSeen()
  let socket = await io.connect()
  const view = open()
  let again = false
  try {
    while (!io.signal.aborted) {
      await follow(io, socket, view, seen, again)
      await socket[Symbol.asyncDispose]()
      if (io.signal.aborted) return
      view.connected(false)
      const next = await reconnect(io)
      if (next === undefined) return
      socket = next
      again = true
      view.connected(true)
    }
  } finally {
    view.end()
    await socket[Symbol.asyncDispose]()
  }
}

/** Charges that were told; the events and the list overlap. */
interface Seen { add(one: Settled): boolean }
function createSeen(): Seen {
  const ids = new Set<string>()
  return {
    add({ id }) {
      if (ids.has(id)) return false
      ids.add(id)
      const [oldest] = ids
      if (ids.size > mostSeen && oldest !== undefined) ids.delete(oldest)
      return true
    },
  }
}

async function follow(io: CommandIo, socket: CommandSocket, view: View, seen: Seen, again: boolean): Promise<void> {
  const refresh = createRefresh(async () => view.status(await socket.call('cost.status') as CostStatus))
  const settled = (one: Settled, before = false): void => { if (seen.add(one)) view.settled(one, before) }
  const budget = (kind: 'warning' | 'exceeded') => (state: BudgetState): void => {
    view.told(kind, state)
    refresh.soon()
  }
  const offs = [
    socket.on('cost.settled', (one: Settled) => {
      settled(one)
      refresh.soon()
    }),
    socket.on('cost.warning', budget('warning')),
    socket.on('cost.exceeded', budget('exceeded')),
  ]
  const tick = setInterval(() => {
    view.tick()
    refresh.idle()
  }, tickMs)
  const ended = new Promise<void>((resolve) => {
    io.signal.addEventListener('abort', () => resolve(), { once: true })
    void socket.closed.then(resolve)
    if (io.signal.aborted) resolve()
  })
  try {
    const first = (async () => {
      view.status(await socket.call('cost.status') as CostStatus)
      const { charges } = await socket.call('cost.charges', { limit: again ? mostMissed : firstShown }) as Charges
      for (const one of charges.toReversed()) settled(one, !again)
    })()
    // Lost meanwhile: the next connection begins anew.
    await Promise.race([ended, first.catch(async (error: unknown) => { if (!await soon(ended)) throw error })])
    await ended
  } finally {
    clearInterval(tick)
    refresh.stop()
    for (const off of offs) off()
  }
}

/** Whether it comes to that within a moment: a call fails before the socket has said that it is closed. */
const soon = (ended: Promise<void>): Promise<boolean> => Promise.race([ended.then(() => true), sleep(retry.leastMs, false)])

interface Refresh { soon(): void; idle(): void; stop(): void }

/** One look at a time, and a pause between two; what is asked for meanwhile is one more. */
function createRefresh(look: () => Promise<void>): Refresh {
  const idleTicks = 2
  let [timer, due, stopped, quiet] = [undefined as NodeJS.Timeout | undefined, false, false, 0]
  const run = (): void => {
    due = false
    quiet = 0
    // A lost connection is told by its end.
    void look().catch(() => undefined).then(() => {
      if (stopped) return
      timer = setTimeout(() => {
        timer = undefined
        if (due) run()
      }, refreshMs)
    })
  }
  const ask = (): void => {
    if (timer !== undefined || due || stopped) due = true
    else {
      due = true
      timer = setTimeout(run, 0)
    }
  }
  return {
    soon: ask,
    // A day or a month may have ended, or somebody may have stopped everything.
    idle: () => { if (++quiet >= idleTicks) ask() },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

const passing: readonly unknown[] = ['NEXUS_CLI_NO_GATEWAY', 'NEXUS_CLI_UNREACHABLE', 'NEXUS_CLI_TIMEOUT', 'NEXUS_CLI_IMPOSTOR']

/** `undefined`: called off. */
async function reconnect(io: CommandIo): Promise<CommandSocket | undefined> {
  for (let waitMs: number = retry.leastMs; ; waitMs = Math.min(retry.mostMs, waitMs * 2)) {
    await sleep(waitMs, undefined, { signal: io.signal }).catch(() => undefined)
    if (io.signal.aborted) return undefined
    try {
      return await io.connect()
    } catch (error) {
      if (!passing.includes((error as { code?: unknown }).code)) throw error
    }
  }
}
