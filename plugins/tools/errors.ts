/** Why a tool was not run to its end. The service turns these into results; the method lets them through. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const toolsErrors = {
  NEXUS_TOOLS_UNKNOWN: { wire: 'INVALID_REQUEST', status: 404, text: 'there is no tool of that name{hint}', fix: 'Use a tool from the list.' },
  NEXUS_TOOLS_ARGUMENTS: { wire: 'INVALID_REQUEST', text: 'invalid arguments for tool "{tool}": {faults}', fix: 'Correct the named arguments and call it again.' },
  NEXUS_TOOLS_REFUSED: { wire: 'FORBIDDEN', text: 'tool "{tool}" was refused: {reason}', fix: 'Do without it, or ask the operator.' },
  NEXUS_TOOLS_DENIED: { wire: 'FORBIDDEN', text: 'tool "{tool}" is not allowed here: step {step}, rule {rule}', fix: 'Do without it; the operator finds the rule with `nexus tools explain {tool}`.' },
  NEXUS_TOOLS_NO_APPROVER: { wire: 'FORBIDDEN', text: 'tool "{tool}" needs somebody\'s consent, and nobody here can give it', fix: 'Do without it. The operator can turn on a plugin that asks for approvals.' },
  NEXUS_TOOLS_TIMEOUT: { wire: 'AGENT_TIMEOUT', text: 'tool "{tool}" did not end within {seconds} s', fix: 'Ask for less at once.' },
  NEXUS_TOOLS_ABORTED: { wire: 'UNAVAILABLE', text: 'tool "{tool}" was cut off', fix: 'Call it again if it is still wanted.' },
  NEXUS_TOOLS_FAILED: { wire: 'UNAVAILABLE', status: 500, text: 'tool "{tool}" failed: {reason}', fix: 'Check the arguments, or do without it.' },
  NEXUS_TOOLS_OTHER_AGENT: { wire: 'INVALID_REQUEST', text: 'agentId is not the agent of that session', fix: 'Leave agentId out, or name a session of that agent.' },
  NEXUS_TOOLS_BODY: { wire: 'INVALID_REQUEST', text: '{reason}', fix: 'Send `{ "tool": "NAME", "args": { … } }` as JSON.' },
  NEXUS_TOOLS_BODY_TOO_LARGE: { wire: 'INVALID_REQUEST', status: 413, text: 'the body is larger than {limit} bytes', fix: 'Send less at once.' },
  NEXUS_TOOLS_BAD_TOOL: { exit: 70, text: 'plugin "{plugin}" offers a bad tool "{tool}": {reason}', fix: 'Correct its name or its params.' },
} as const satisfies ErrorTable

export const failTools = failures(toolsErrors)
