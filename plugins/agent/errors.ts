/** Why a run was not taken, or did not end well. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const agentErrors = {
  NEXUS_AGENT_UNKNOWN: { wire: 'INVALID_REQUEST', detail: 'UNKNOWN_AGENT_ID', status: 404, text: 'there is no agent of that id', fix: 'See `nexus call agents.list`; agents are set up under agent.agents in nexus.json5.' },
  NEXUS_AGENT_BOUND: { wire: 'FORBIDDEN', text: 'this credential is bound to an agent and good for nothing else', fix: 'Talk to that agent by chat.send or /v1, or use another credential.' },
  NEXUS_AGENT_BUSY: { wire: 'UNAVAILABLE', retryable: true, text: '{what}', fix: 'Send it again when some have been answered.' },
  NEXUS_AGENT_CLOSING: { wire: 'UNAVAILABLE', retryable: true, text: 'the agent is stopping', fix: 'Send it again after the restart.' },
  NEXUS_AGENT_RUN_UNKNOWN: { wire: 'INVALID_REQUEST', status: 404, text: 'there is no such run, or it ended long ago', fix: 'See `nexus runs list`.' },
  NEXUS_AGENT_TIMEOUT: { wire: 'AGENT_TIMEOUT', text: 'the run did not end within {seconds} s', fix: 'Ask for less at once, or raise timeoutMs.' },
  NEXUS_AGENT_ABORTED: { wire: 'UNAVAILABLE', text: 'the run was stopped', fix: 'Send the message again if it is still wanted.' },
  NEXUS_AGENT_INTERRUPTED: { wire: 'UNAVAILABLE', retryable: true, text: 'the run was cut off because the gateway, or a part of it, stopped', fix: 'Send the message again.' },
  NEXUS_AGENT_STEPS: { wire: 'UNAVAILABLE', text: 'the run was not done after {steps} steps', fix: 'Ask for less at once, or raise maxSteps of the agent.' },
  NEXUS_AGENT_LOOP: { wire: 'UNAVAILABLE', text: 'the model kept making the same call of tool "{tool}"', fix: 'Ask differently, or use another model.' },
  NEXUS_AGENT_CONTENT: { wire: 'INVALID_REQUEST', status: 413, text: 'the message cannot be taken: {reason}', fix: 'Send less, or a smaller picture (png, jpeg, gif or webp).' },
  NEXUS_AGENT_SUBAGENT: { wire: 'FORBIDDEN', text: 'no sub-agent was started: {reason}', fix: 'Do it in this run, or change agent.defaults.subagents (or those of the agent) in nexus.json5.' },
  NEXUS_AGENT_SEND: { wire: 'FORBIDDEN', text: 'the message was not sent: {reason}', fix: 'See sessions_list for the sessions there are, and agent.defaults.subagents in nexus.json5 for what may be reached.' },
  NEXUS_AGENT_EXISTS: { wire: 'INVALID_REQUEST', status: 409, text: 'there is an agent of that id already', fix: 'Take another name, or change the one there is with agents.update.' },
  NEXUS_AGENT_NAME: { wire: 'INVALID_REQUEST', text: 'this name gives no id', fix: 'Take one that has a letter or a digit of a-z and 0-9.' },
  NEXUS_AGENT_MAIN: { wire: 'INVALID_REQUEST', text: 'the agent main is always there', fix: 'Change it with agents.update instead.' },
  NEXUS_AGENT_ELSEWHERE: { wire: 'INVALID_REQUEST', text: 'this agent stands in another file than nexus.json5', fix: 'Change it where it stands; see `nexus config explain agent.agents`.' },
  NEXUS_AGENT_FOLDER: { wire: 'INVALID_REQUEST', text: 'a workspace is given by an absolute path', fix: 'Give the whole path of a folder, such as /srv/work.' },
  NEXUS_AGENT_NO_WORKSPACE: { wire: 'UNAVAILABLE', text: 'no plugin keeps workspaces', fix: 'Turn the plugin workspace on.' },
  NEXUS_AGENT_FILE: { wire: 'INVALID_REQUEST', text: 'this is none of the files that tell an agent who it is', fix: 'See agents.files.list for their names; bootstrap.files of the agent adds to them.' },
  NEXUS_AGENT_FILE_MISSING: { wire: 'INVALID_REQUEST', status: 404, text: 'the agent has no such file yet', fix: 'Write it with `nexus agents write ID NAME`.' },
  NEXUS_AGENT_INPUT: { wire: 'INVALID_REQUEST', text: 'nothing is piped in', fix: 'Pipe the file in, such as `nexus agents write main SOUL.md < soul.md`.' },
  NEXUS_AGENT_FILE_CHANGED: { wire: 'INVALID_REQUEST', status: 409, text: 'the file is another one by now', fix: 'Read it again and make the change to what it is.' },
  NEXUS_AGENT_UNSUPPORTED: { wire: 'INVALID_REQUEST', text: '{method} cannot do what the field {field} asks for: {reason}', fix: 'Leave the field out.' },
  NEXUS_AGENT_SESSION: { wire: 'INVALID_REQUEST', text: 'the request names a session that is not that one: {reason}', fix: 'See `nexus sessions list`, and name the session by its key alone.' },
  NEXUS_AGENT_FAILED: { wire: 'UNAVAILABLE', status: 500, text: 'the run failed inside the gateway', fix: 'The gateway\'s log has the cause under trace {trace}.' },
} as const satisfies ErrorTable

export const failAgent = failures(agentErrors)
