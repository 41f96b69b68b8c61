/** Chat: messages in, `chat` events out. Runs begun elsewhere are told of as well, if they belong to a session. */
import { connectionHello, definePlugin } from 'nexus-gateway/sdk'
import { Agent, runEnded, runProgress } from '../agent/contract.ts'
import { Models } from '../models/contract.ts'
import { Sessions } from '../sessions/contract.ts'
import { ChatConfig } from './config.ts'
import { chat, chatErrors } from './contract.ts'
import { history } from './history.ts'
import { inject } from './inject.ts'
import { deltaOf, deltaV3, endOf, endV3, saidOf } from './payload.ts'
import type { ChatPayload } from './payload.ts'
import { send, stop } from './send.ts'
import { keyOf } from './session.ts'

export default definePlugin({
  ...chat,
  errors: chatErrors,
  config: ChatConfig,
  requires: { agent: Agent, sessions: Sessions, models: Models },
  capabilities: ['tap:connection.hello'],
  setup(ctx) {
    const { agent, sessions, models } = ctx.deps
    const { attachments: limits } = ctx.config
    const now = (): number => ctx.clock.now()
    const tell = (end: ChatPayload): void => ctx.emit('chat', end, { v3: () => endV3(end, end) })
    const parts = { agent, sessions, models, limits, now, tell, call: ctx.call, closing: ctx.scope.signal }

    ctx.tap(connectionHello, ({ policy, ...snapshot }) => ({ ...snapshot, policy: { ...(policy as object | undefined), attachments: { maxBytes: limits.maxBytes, maxImageBytes: limits.maxImageBytes } } }))
    ctx.tap(runProgress, (piece) => {
      const { runId, sessionKey, agentId } = piece
      if (sessionKey === undefined) return
      const run = { runId, sessionKey, agentId }
      ctx.emit('chat', deltaOf(run, piece), { lossy: true, v3: () => deltaV3(run, piece) })
    })
    ctx.tap(runEnded, (outcome) => {
      const { runId, sessionKey, agentId } = outcome
      if (sessionKey !== undefined) tell(endOf({ runId, sessionKey, agentId }, outcome))
    })

    return {
      methods: {
        'chat.send': (params, call) => send(parts, params, call),
        'chat.history': (params, call) => history(sessions, params, call.caller),
        'chat.abort': (params, { caller }) => stop(agent.abort(keyOf(sessions, params, caller), params.runId)),
        'chat.inject': async (params, { caller }) => {
          const { messageId, said } = await inject(sessions, params, caller, now())
          tell(saidOf(said))
          return { ok: true as const, messageId }
        },
      },
    }
  },
})
