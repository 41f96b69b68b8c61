import { definePlugin, kernelReady } from 'nexus-gateway/sdk'
import { Store } from '../store/contract.ts'
import { SessionsConfig } from './config.ts'
import { sessions, sessionsErrors, sessionSummarized } from './contract.ts'
import { fail } from './errors.ts'
import type { Changed } from './lifecycle.ts'
import { sessionMethods } from './methods.ts'
import { resetDue, type ResetDue, type ResetRules } from './reset-rules.ts'
import { openSessions } from './sessions.ts'
import { becomeWriter, checkMs } from './writer.ts'

const flushEveryMs = 5000
const settledAfterMs = 1000
const tidyEveryMs = 3_600_000
const tidyAfterMs = 60_000

export default definePlugin({
  ...sessions,
  config: SessionsConfig,
  errors: sessionsErrors,
  exclusive: true,
  requires: { store: Store },
  async setup(ctx) {
    const { dmScope, identityLinks, reset, retention } = ctx.config
    const now = (): number => ctx.clock.now()
    const due = dueOf(reset)
    const writing = await becomeWriter({ store: ctx.deps.store, clock: ctx.clock, log: ctx.log })
    ctx.scope.defer(() => writing.release(), 'the right to write')
    ctx.scope.interval(() => writing.check(), checkMs)

    const changed = ({ key, agent, id, reason, label }: Changed): void =>
      ctx.emit('sessions.changed', { sessionKey: key, agentId: agent, reason, label: label ?? null, ts: now(), ...(id !== undefined && { sessionId: id }) })
    const opened = await openSessions({ store: ctx.deps.store, now, log: ctx.log, cwd: ctx.paths.state, keys: { dmScope, identityLinks }, due, changed, allowed: () => writing.allowed() })
    ctx.scope.defer(() => opened.close(), 'sessions')
    ctx.scope.interval(() => opened.flush(), flushEveryMs)

    const tidy = async (): Promise<void> => {
      await opened.retention.run(retention).catch((error: unknown) => ctx.log.warn('could not look after old sessions', { reason: String(error) }))
    }
    ctx.scope.timeout(tidy, tidyAfterMs)
    ctx.scope.interval(tidy, tidyEveryMs)

    let told = false
    const tell = (): void => {
      if (told) return
      told = true
      for (const run of opened.interrupted()) ctx.emit('sessions.interrupted', run)
    }
    ctx.tap(kernelReady, tell)
    ctx.scope.timeout(tell, settledAfterMs) // set up by a reload, it sees no kernelReady

    const { opening: _, imports: __, retention: ___, flush: ____, close: _____, ...api } = opened
    return {
      provides: { sessions: api },
      methods: sessionMethods({ sessions: opened, now, state: ctx.paths.state, summarize: (request) => ctx.invoke(sessionSummarized, request) }),
    }
  },
})

function dueOf(rules: ResetRules): ResetDue {
  try {
    return resetDue(rules)
  } catch (error) {
    throw fail('NEXUS_SESSIONS_TIME_ZONE', {}, error)
  }
}
