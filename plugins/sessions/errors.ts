/** Why something with a session or a run was refused. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const bad = { wire: 'INVALID_REQUEST' } as const

export const sessionsErrors = {
  NEXUS_SESSIONS_KEY: { ...bad, text: 'plugin "sessions": this session key is not valid', fix: 'Use `main`, `agent:ID:NAME`, or any other name of at most 512 bytes without control characters.' },
  NEXUS_SESSIONS_RUN_ID: { ...bad, text: 'plugin "sessions": this {what} is not valid', fix: 'Use 1 to 256 characters.' },
  NEXUS_SESSIONS_RUN_EXISTS: { ...bad, status: 409, text: 'plugin "sessions": a run with this id is still open', fix: 'Give every run an id of its own.' },
  NEXUS_SESSIONS_RUN_UNKNOWN: { ...bad, status: 404, text: 'plugin "sessions": there is no {state} run with this id', fix: 'Start a run once, after it was accepted, and end it once.' },
  NEXUS_SESSIONS_BUSY: { wire: 'UNAVAILABLE', retryable: true, text: 'plugin "sessions": {limit} runs are open already', fix: 'Try again when some have ended.' },
  NEXUS_SESSIONS_ACTIVE: { wire: 'UNAVAILABLE', status: 409, retryable: true, text: 'plugin "sessions": a run is open in this session', fix: 'Stop it with `chat.abort`, or wait until it has ended.' },
  NEXUS_SESSIONS_UNKNOWN: { ...bad, status: 404, text: 'plugin "sessions": there is no such session', fix: 'List them with `nexus sessions list`.' },
  NEXUS_SESSIONS_AMBIGUOUS: { ...bad, status: 409, text: 'plugin "sessions": more than one session is meant', fix: 'Give its whole key or id; `nexus sessions list` shows them.' },
  NEXUS_SESSIONS_CHANGED: { ...bad, status: 409, text: 'plugin "sessions": the session has another id by now', fix: 'Read it again: it was reset or deleted in the meantime.' },
  NEXUS_SESSIONS_OTHER_AGENT: { ...bad, text: 'plugin "sessions": agentId is not the agent of that session', fix: 'Leave agentId out, or name a session of that agent.' },
  NEXUS_SESSIONS_MAIN: { ...bad, text: 'plugin "sessions": an agent\'s main session is not deleted', fix: 'Reset it instead: `nexus sessions reset KEY`.' },
  NEXUS_SESSIONS_LABEL: { ...bad, status: 409, text: 'plugin "sessions": another session has this label', fix: 'Choose another label, or take it from that session first.' },
  NEXUS_SESSIONS_SETTING: { ...bad, text: 'plugin "sessions": the setting {name} is not valid', fix: '{rule}' },
  NEXUS_SESSIONS_UNSUPPORTED: { ...bad, text: '{method} cannot take "{field}": nothing here would act on it', fix: 'Leave "{field}" out.' },
  NEXUS_SESSIONS_WHICH: { ...bad, text: '{method} needs exactly one of {names}', fix: 'Give one of them.' },
  NEXUS_SESSIONS_ENTRY: { ...bad, status: 404, text: 'plugin "sessions": there is no entry with this id in the last {limit} of the session', fix: 'Name an entry that `entries` gives.' },
  NEXUS_SESSIONS_NO_SUMMARY: { wire: 'UNAVAILABLE', text: 'plugin "sessions": nobody made a summary of this session', fix: 'Enable the plugin `agent` and configure a model for it.' },
  NEXUS_SESSIONS_TAKEN: { wire: 'UNAVAILABLE', retryable: true, text: 'plugin "sessions": {who} writes the sessions of this state directory', fix: 'Stop that process, or give this one a state directory of its own (NEXUS_STATE_DIR).' },
  NEXUS_SESSIONS_TIME_ZONE: { text: 'plugin "sessions": sessions.reset.timeZone is no time zone that this machine knows', fix: 'Use an IANA name such as Europe/Berlin, or leave it out.' },
  NEXUS_SESSIONS_IMPORT: { ...bad, text: 'plugin "sessions": the import of this session went wrong: {reason}', fix: 'Run `nexus sessions import` again; it begins anew where nothing was finished.' },
  NEXUS_SESSIONS_NUMBER: { exit: 64, text: '--{option} is not a whole number above 0', fix: 'Give one, as in --{option} 20.' },
  NEXUS_SESSIONS_FOLDER: { exit: 66, text: 'cannot read {file}: {reason}', fix: 'Name a folder with a sessions.json and its .jsonl files, such as ~/.openclaw/agents/main/sessions.' },
} as const satisfies ErrorTable

export const fail = failures(sessionsErrors)
