/** The registry of tools, the one executor, and the tool `time`. */
import * as v from 'valibot'
import { definePlugin, NexusError } from 'nexus-gateway/sdk'
import { offerTools, toolAfter, toolBefore, toolCheck, toolError, toolRun, tools, toolsErrors, toolsListed } from './contract.ts'
import type { ToolRequest, ToolResult } from './contract.ts'
import { createExecutor } from './executor.ts'
import { timeTool } from './time.ts'

export default definePlugin({
  ...tools,
  errors: toolsErrors,
  config: v.strictObject({
    timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_600_000), v.description('Milliseconds a tool may take that names no time of its own.')), 60_000),
    maxOutputChars: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(1_000_000), v.description('Characters of a result; the rest is cut.')), 50_000),
  }),
  setup(ctx) {
    const executor = createExecutor({
      listed: () => ctx.invoke(toolsListed),
      check: (name, args) => ctx.invoke(toolCheck, name, args),
      before: (call) => ctx.invoke(toolBefore, call),
      run: (call) => ctx.invoke(toolRun, call),
      after: (call, outcome) => ctx.invoke(toolAfter, call, outcome),
    }, ctx.config, ctx.clock, ctx.log)
    offerTools(ctx, { time: timeTool(ctx.clock) })
    return {
      provides: {
        tools: { list: executor.list, execute: (request: ToolRequest) => executor.run(request).catch(answerOf) },
      },
      methods: {
        'tools.list': async () => ({ tools: (await executor.list()).map(({ name, description, parameters, plugin }) => ({ name, description, parameters, plugin })) }),
        'tools.execute': async ({ name, args, sessionKey }, call) => {
          const result = await executor.run({ name, args, cause: call, signal: call.signal, id: call.id, ...(sessionKey === undefined ? {} : { sessionKey }) })
          return { ...result, content: [...result.content] }
        },
      },
    }
  },
})

/** Why there is no result, told to the model. */
function answerOf(error: unknown): ToolResult {
  if (error instanceof NexusError) return toolError(`${error.message}. ${error.fix}`)
  throw error
}
