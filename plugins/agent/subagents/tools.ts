/** The tools by which a model starts sub-agents and writes to other sessions. */
import * as v from 'valibot'
import { thinkingLevels } from '../../models/contract.ts'
import { tool, toolError, toolText } from '../../tools/contract.ts'
import type { AnyTool, ToolCall, ToolResult } from '../../tools/contract.ts'
import { sendTool, spawnTool } from './child.ts'
import { send } from './send.ts'
import type { Sending } from './send.ts'
import type { Spawned, Task } from './spawn.ts'

const maxSeconds = 3_600
const text = (most: number, description: string) => v.pipe(v.string(), v.minLength(1), v.maxLength(most), v.description(description))
const seconds = (description: string) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(maxSeconds), v.description(description))
const shared = { group: 'sessions', effect: 'execute' } as const

export function subagentTools(spawn: (task: Task, call: ToolCall) => Promise<Spawned>, sending: Sending): Readonly<Record<string, AnyTool>> {
  return {
    [spawnTool]: tool({
      ...shared,
      description: 'Starts a sub-agent on a task of its own and returns at once. What it finds is told to this conversation when it is done.',
      params: v.strictObject({
        task: text(100_000, 'All that it needs to know: it sees nothing of this conversation.'),
        label: v.optional(text(200, 'A short name for it.')),
        agentId: v.optional(text(64, 'Another agent, where that is allowed.')),
        model: v.optional(text(256, 'One of the models of this conversation.')),
        thinking: v.optional(v.picklist(thinkingLevels)),
        timeoutSeconds: v.optional(seconds('How long it may take; 0 for as long as this run.')),
        cleanup: v.optional(v.pipe(v.picklist(['keep', 'delete']), v.description('What becomes of its conversation.'))),
      }),
      run: (task, call) => spawn(task, call).then(answer),
    }),
    [sendTool]: tool({
      ...shared,
      description: 'Writes a message to another conversation and waits for its answer.',
      params: v.strictObject({
        sessionKey: v.optional(text(512, 'To this one. Or name it by label or agentId.')),
        label: v.optional(text(512, 'To the one of this label.')),
        agentId: v.optional(text(64, 'To the main conversation of this agent.')),
        message: text(100_000, 'What to say.'),
        timeoutSeconds: v.optional(seconds('How long to wait for the answer; 0 not at all.'), 30),
      }),
      timeoutMs: (maxSeconds + 60) * 1000,
      async run(letter, call) {
        const reply = await send(sending, letter, call)
        return reply.status === 'error' ? { ...toolError(JSON.stringify(reply)), details: reply } : answer(reply)
      },
    }),
  }
}

const answer = (said: object): ToolResult => ({ ...toolText(JSON.stringify(said)), details: said })
