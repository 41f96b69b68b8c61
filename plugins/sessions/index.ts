import { join } from 'node:path'
import { definePlugin, kernelReady } from 'nexus-gateway/sdk'
import { Store } from '../store/contract.ts'
import { sessions, sessionsErrors } from './contract.ts'
import { listSessions } from './list.ts'
import { openSessions } from './sessions.ts'

const flushEveryMs = 5000
const settledAfterMs = 1000

export default definePlugin({
  ...sessions,
  errors: sessionsErrors,
  exclusive: true,
  requires: { store: Store },
  async setup(ctx) {
    const now = (): number => ctx.clock.now()
    const opened = await openSessions({ store: ctx.deps.store, now, log: ctx.log, cwd: ctx.paths.state })
    ctx.scope.defer(() => opened.close(), 'sessions')
    ctx.scope.interval(() => opened.flush(), flushEveryMs)

    let told = false
    const tell = (): void => {
      if (told) return
      told = true
      for (const run of opened.interrupted()) ctx.emit('sessions.interrupted', run)
    }
    ctx.tap(kernelReady, tell)
    ctx.scope.timeout(tell, settledAfterMs) // set up by a reload, it sees no kernelReady

    const { opening: _, flush: __, close: ___, ...api } = opened
    return {
      provides: { sessions: api },
      methods: {
        'sessions.list': (params) => listSessions(opened, params, now(), join(ctx.paths.state, 'sessions')),
        'sessions.interrupted': () => ({ runs: [...opened.interrupted()] }),
      },
    }
  },
})
