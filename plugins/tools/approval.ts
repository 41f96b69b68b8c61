/** What an approver's answer means: only a plain yes is one. */
import type { Approval, ToolCall } from './contract.ts'
import { failTools } from './errors.ts'

/** Who consented, if he says so. Throws NEXUS_TOOLS_NO_APPROVER, NEXUS_TOOLS_REFUSED. */
export function approvedBy(call: ToolCall, answer: Approval | undefined): string | undefined {
  if (answer === undefined) throw failTools('NEXUS_TOOLS_NO_APPROVER', { tool: call.name })
  if (answer.approved === true) return typeof answer.by === 'string' ? answer.by.slice(0, 256) : undefined
  throw failTools('NEXUS_TOOLS_REFUSED', { tool: call.name, reason: reasonOf(answer) })
}

function reasonOf(answer: Approval): string {
  const reason: unknown = 'reason' in answer ? answer.reason : undefined
  return typeof reason === 'string' && reason !== '' ? reason.slice(0, 500) : 'nobody consented to it'
}
