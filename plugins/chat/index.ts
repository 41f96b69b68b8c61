/** Chat: messages in, `chat` events out. Runs begun elsewhere are told of as well, if they belong to a session. */
import { definePlugin } from 'nexus-gateway/sdk'
import { Agent, runEnded, runProgress } from '../agent/contract.ts'
import { Sessions } from '../sessions/contract.ts'
import { chat, chatErrors } from './contract.ts'
import { history } from './history.ts'
import { deltaOf, deltaV3, endOf, endV3 } from './payload.ts'
import { send } from './send.ts'
import { keyOf } from './session.ts'

export default definePlugin({
  ...chat,
  errors: chatErrors,
  requires: { agent: Agent, sessions: Sessions },
  setup(ctx) {
    const { agent, sessions } = ctx.deps
    const parts = { agent, sessions, closing: ctx.scope.signal }

    ctx.tap(runProgress, (piece) => {
      const { runId, sessionKey, agentId } = piece
      if (sessionKey === undefined) return
      const run = { runId, sessionKey, agentId }
      ctx.emit('chat', deltaOf(run, piece), { lossy: true, v3: () => deltaV3(run, piece) })
    })
    ctx.tap(runEnded, (outcome) => {
      const { runId, sessionKey, agentId } = outcome
      if (sessionKey === undefined) return
      const run = { runId, sessionKey, agentId }
      const end = endOf(run, outcome)
      ctx.emit('chat', end, { v3: () => endV3(run, end) })
    })

    return {
      methods: {
        'chat.send': (params, call) => send(parts, params, call),
        'chat.history': (params, call) => history(sessions, params, call.caller),
        'chat.abort': (params, { caller }) => {
          const runIds = [...agent.abort(keyOf(sessions, params, caller), params.runId)]
          return { ok: true as const, aborted: runIds.length > 0, runIds }
        },
      },
    }
  },
})
