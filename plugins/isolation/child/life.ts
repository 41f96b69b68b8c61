/** The plugin in its process: begun by its own `setup`, asked by the gateway, ended with all it has started. */
import { PluginScope, manifestFaults, check } from 'nexus-gateway/sdk/hosting'
import type { Plugin, Schema } from 'nexus-gateway/sdk'
import type { CauseData } from '../wire/call.ts'
import { toFailure } from '../wire/failure.ts'
import { createLoans, type Loan, type Loans } from '../wire/loans.ts'
import type { Asked, Link } from '../wire/link.ts'
import type { Beginning, Begun, CallBody, RouteAnswer, RouteBody, TapBody, UseBody } from '../wire/messages.ts'
import { causeOf, GatewayCall, handleOf } from './call.ts'
import { hostClock } from './clock.ts'
import { contextOf, type Taps } from './context.ts'
import { mustReach } from './crossing.ts'
import { definitionIn, fail, modulesOf } from './definition.ts'
import { madeBy, type Made } from './made.ts'
import type { AnswerRoute } from './routes.ts'
import { createShared, type Shared } from './shared.ts'

export interface Life {
  call(body: CallBody, asked: Asked): unknown
  route(body: RouteBody, asked: Asked): Promise<RouteAnswer>
  tap(body: TapBody): Promise<unknown>
  use(body: UseBody): unknown
  tick(id: number, now: number): unknown
  aborted(signal: number): void
  handOver(): unknown
  close(): Promise<void>
}

/** What closing may take; the gateway ends the process a little later in any case. */
const closeMs = 1_300
const drainMs = 100
const longestDisposerMs = 500

/** `opened` is told how to close what `setup` starts, before it has started anything. */
export async function beginLife(link: Link, beginning: Beginning, opened: (close: Life['close']) => void): Promise<{ readonly life: Life; readonly answer: Begun }> {
  const shared = createShared()
  const plugin = await definitionIn(modulesOf(link, shared), beginning.entry)
  const { id } = plugin
  const faults = manifestFaults(beginning.manifest, plugin)
  if (faults.length > 0) throw fail('NEXUS_PLUGIN_MANIFEST_DIFFERS', { plugin: id, faults: faults.join('; ') })
  mustReach(plugin)
  const clock = hostClock(link, beginning.now)
  const scope = new PluginScope(id, 0, clock.owned, (_, where, error) => link.say('fault', { where, failure: toFailure(error) }))
  opened(() => closeScope(link, scope))
  const taps: Taps = new Map()
  const loans = createLoans({ giveCause: (cause) => ({ data: handleOf(cause) ?? madeUp(id), release() {} }), takeCause: (data) => causeOf(data as CauseData), abort: (signal) => link.say('aborted', signal) })
  const returned: unknown = await plugin.setup(contextOf({ link, plugin, beginning, scope, clock, taps, loans }))
  const made = madeBy(plugin, returned)
  return { life: lifeOf({ link, plugin, made, close: () => closeScope(link, scope), taps, shared, loans, tick: clock.tick }), answer: { taps: [...taps.keys()], handsOver: made.handOver !== undefined } }
}

interface LifeParts { readonly link: Link; readonly plugin: Plugin; readonly made: Made; readonly close: Life['close']; readonly taps: Taps; readonly shared: Shared; readonly loans: Loans; readonly tick: Life['tick'] }

function lifeOf({ link, plugin, made, close, taps, shared, loans, tick }: LifeParts): Life {
  const methods = (plugin.methods ?? {}) as Readonly<Record<string, { readonly params?: Schema }>>
  let routes: Promise<AnswerRoute> | undefined

  async function borrowing(loan: Loan, run: (...args: readonly unknown[]) => unknown): Promise<unknown> {
    const { args, release } = loans.take(loan)
    try {
      return await run(...args)
    } finally {
      release()
    }
  }

  return {
    call({ name, params, call }, asked) {
      return made.methods[name]?.(checked(name, methods[name]?.params, params), new GatewayCall(call, plugin.id, asked, link))
    },
    async route(body, asked) {
      routes ??= import('./routes.ts').then(({ createRoutes }) => createRoutes(link, plugin, made.routes, shared))
      return (await routes)(body, new GatewayCall(body.call, plugin.id, asked, link))
    },
    tap: ({ hook, ...loan }) => borrowing(loan, async (...args) => {
      const [first, ...rest] = taps.get(hook) ?? []
      let answer = await first?.(...args)
      for (const more of rest) answer = await more(...args) ?? answer
      return answer
    }),
    use: ({ service, member, ...loan }) => borrowing(loan, (...args) => made.services.get(service)?.[member]?.(...args)),
    tick,
    aborted: loans.aborted,
    handOver: () => made.handOver?.(),
    close,
  }
}

/** Each disposer gets its share of the time, so that one that hangs costs no other its turn; two shares are for calls and loops. */
async function closeScope(link: Link, scope: PluginScope): Promise<void> {
  const disposeMs = Math.min(longestDisposerMs, (closeMs - drainMs) / (scope.owned().length + 2))
  const { errors } = await scope.close({ drainMs, disposeMs })
  for (const error of errors) link.say('fault', { where: 'close', failure: toFailure(error) })
}

const madeUp = (plugin: string): never => { throw fail('NEXUS_CALL_MADE_UP', { plugin, verb: 'a service' }) }

/** As the gateway checks what its own plugins are given. */
function checked(method: string, schema: Schema | undefined, params: unknown): unknown {
  if (schema) {
    const verdict = check(schema, params ?? {})
    if (!verdict.ok) throw fail('NEXUS_CALL_INVALID_PARAMS', { method, faults: verdict.faults })
    return verdict.value
  }
  if (typeof params === 'object' && params !== null && Object.keys(params).length > 0) throw fail('NEXUS_CALL_INVALID_PARAMS', { method, faults: 'at root: it takes no params' })
  return params
}
