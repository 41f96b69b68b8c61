/** Where what is watched is shown: in place on a terminal, else line by line. */
import type { CommandIo } from 'nexus-gateway/sdk'
import type { BudgetState, CostStatus, Settled } from '../wire.ts'
import { chargeLine, liveScreen, toldText, type Live } from './live-screen.ts'
import { lookOf } from './look.ts'
import { label } from './text.ts'
import { duration, stamp } from './time.ts'

export interface View {
  status(status: CostStatus): void
  /** `before`: it was charged before anybody watched. */
  settled(one: Settled, before: boolean): void
  told(kind: 'warning' | 'exceeded', budget: BudgetState): void
  /** The connection is gone, or there again. */
  connected(is: boolean): void
  /** Time has passed. */
  tick(): void
  end(): void
}

const mostCharges = 200
const mostTold = 20

export function viewOf(io: CommandIo, now: () => number): View {
  if (io.json) return jsonView(io)
  return io.stdout.isTTY && io.env['TERM'] !== 'dumb' ? screenView(io, now) : lineView(io, now)
}

function jsonView({ stdout }: CommandIo): View {
  const say = (event: string, payload: unknown): void => void stdout.write(`${JSON.stringify({ event, payload })}\n`)
  return {
    status: (status) => say('cost.status', status),
    settled: (one, before) => { if (!before) say('cost.settled', one) },
    told: (kind, budget) => say(`cost.${kind}`, budget),
    connected: (is) => say(is ? 'connected' : 'lost', null),
    tick: () => undefined,
    end: () => undefined,
  }
}

function lineView({ stdout }: CommandIo, now: () => number): View {
  let status: CostStatus | undefined
  let lostAt: number | undefined
  const zone = (): string => status?.timeZone ?? 'UTC'
  const say = (line: string): void => void stdout.write(`${line}\n`)
  return {
    status(next) {
      const [was, is] = [status?.stopped ?? null, next.stopped]
      status = next
      if (was === null && is !== null) say(`${stamp(is.at, zone())}  STOPPED by ${label(is.by)}${is.reason === undefined ? '' : `: ${label(is.reason)}`}`)
      if (was !== null && is === null) say(`${stamp(now(), zone())}  resumed`)
    },
    settled: (one, before) => { if (!before) say(chargeLine(one, zone())) },
    told: (kind, budget) => say(toldText({ at: now(), kind, budget }, zone(), now(), stamp)),
    connected(is) {
      const time = stamp(now(), zone())
      say(is ? `${time}  connected again after ${duration(now() - (lostAt ?? now()))}` : `${time}  the gateway is gone; trying again`)
      lostAt = is ? undefined : now()
    },
    tick: () => undefined,
    end: () => undefined,
  }
}

/** The cursor is hidden meanwhile; the last picture stays. */
function screenView(io: CommandIo, now: () => number): View {
  const { stdout } = io
  let live: Live = { status: undefined, charges: [], told: [], lostAt: undefined }
  let drawn = 0
  const draw = (): void => {
    const lines = liveScreen(live, lookOf(io, now()))
    const up = drawn > 0 ? `\u001b[${drawn}F` : ''
    stdout.write(`${up}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`)
    drawn = lines.length
  }
  const show = (next: Partial<Live>): void => {
    live = { ...live, ...next }
    draw()
  }
  const resized = (): void => {
    // The terminal has broken the lines anew, so nobody knows how far up the picture began.
    stdout.write('\u001b[2J\u001b[H')
    drawn = 0
    draw()
  }
  stdout.write('\u001b[?25l')
  stdout.on('resize', resized)
  return {
    status: (status) => show({ status }),
    settled: (one) => show({ charges: [...live.charges, one].slice(-mostCharges) }),
    told: (kind, budget) => show({ told: [...live.told, { at: now(), kind, budget }].slice(-mostTold) }),
    connected: (is) => show({ lostAt: is ? undefined : now() }),
    tick: draw,
    end() {
      stdout.off('resize', resized)
      stdout.write('\u001b[?25h')
    },
  }
}
