/** The registry of tools, the one executor, and the tool `time`. */
import { definePlugin, NexusError } from 'nexus-gateway/sdk'
import { ToolsConfig } from './config.ts'
import { offerTools, toolAfter, toolApproval, toolBefore, toolCheck, toolContext, toolError, toolRun, tools, toolsErrors, toolsListed } from './contract.ts'
import type { ToolContext, ToolRequest, ToolResult, ToolSpec } from './contract.ts'
import { failTools } from './errors.ts'
import { agentOf, createExecutor } from './executor.ts'
import { invoke } from './invoke.ts'
import { createRegistry } from './registry.ts'
import { timeTool } from './time.ts'

interface Whose { readonly agentId?: string | undefined; readonly sessionKey?: string | undefined }

export default definePlugin({
  ...tools,
  errors: toolsErrors,
  config: ToolsConfig,
  setup(ctx) {
    const { config, clock, log } = ctx
    const registry = createRegistry(() => ctx.invoke(toolsListed), config, log)
    const executor = createExecutor({
      check: (name, args) => ctx.invoke(toolCheck, name, args),
      context: (whose) => ctx.invoke(toolContext, whose),
      before: (call) => ctx.invoke(toolBefore, call),
      approval: (call) => ctx.invoke(toolApproval, call),
      run: (call) => ctx.invoke(toolRun, call),
      after: (call, outcome) => ctx.invoke(toolAfter, call, outcome),
    }, registry, config, config, clock)
    offerTools(ctx, { time: timeTool(clock) })

    async function contextOf(whose: Whose): Promise<ToolContext> {
      const { agentId, sessionKey } = whose
      return await ctx.invoke(toolContext, given(whose)) ?? { agentId: agentId ?? agentOf(sessionKey) }
    }
    const parts = { executor, registry, http: config.http, contextOf }

    return {
      provides: {
        tools: {
          list: (context: ToolContext = { agentId: 'main' }) => registry.list(context),
          explain: registry.explain,
          execute: (request: ToolRequest) => executor.run(request).catch(answerOf),
        },
      },
      methods: {
        'tools.list': async ({ tier, ...whose }) => ({ tools: (await registry.list({ ...await contextOf(sameAgent(whose)), ...(tier && { tier }) })).map(shown) }),
        'tools.explain': async ({ name, agentId, sessionKey, ...more }) => {
          const explained = await registry.explain({ ...await contextOf(sameAgent({ agentId, sessionKey })), ...given(more) }, name)
          return { ...explained, steps: [...explained.steps] }
        },
        'tools.execute': async ({ name, args, ...whose }, call) => {
          const { sessionKey, ...one } = sameAgent(whose)
          const context = await contextOf({ ...one, sessionKey })
          const result = await executor.run({ name, args, context, cause: call, signal: call.signal, id: call.id, ...given({ sessionKey }) })
          return { ...result, content: [...result.content] }
        },
      },
      routes: {
        'POST /tools/invoke': (c, call) => invoke(parts, c, call),
        'POST /api/tools/invoke': (c, call) => invoke(parts, c, call),
      },
    }
  },
})

/**
 * With `agentId` a short key is that agent's. One of another agent is refused: a session would be worked in under the
 * policy of whichever agent is bound least.
 */
function sameAgent({ agentId, sessionKey }: Whose): Whose {
  if (agentId === undefined || sessionKey === undefined) return { agentId, sessionKey }
  const key = /^agent:/i.test(sessionKey) ? sessionKey : `agent:${agentId}:${sessionKey}`
  if (agentOf(key) !== agentId.toLowerCase()) throw failTools('NEXUS_TOOLS_OTHER_AGENT')
  return { agentId, sessionKey: key }
}

function shown({ name, description, parameters, plugin, group, effect, tier, approval }: ToolSpec) {
  return { name, description, parameters, plugin, ...given({ group, effect, tier, approval }) }
}

/** Without what is undefined. */
const given = <T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> }

/** Why there is no result, told to the model. */
function answerOf(error: unknown): ToolResult {
  if (error instanceof NexusError) return toolError(`${error.message}. ${error.fix}`)
  throw error
}
