/** Why a chat request was refused. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const chatErrors = {
  NEXUS_CHAT_UNSUPPORTED: { wire: 'INVALID_REQUEST', text: '{method} cannot take "{field}": {reason}', fix: 'Leave "{field}" out.' },
  NEXUS_CHAT_EMPTY: { wire: 'INVALID_REQUEST', text: 'the message is empty', fix: 'Send some text.' },
  NEXUS_CHAT_OTHER_AGENT: { wire: 'INVALID_REQUEST', text: 'agentId is not the agent of that session', fix: 'Leave agentId out, or name a session of that agent.' },
  NEXUS_CHAT_SESSION_CHANGED: { wire: 'INVALID_REQUEST', text: 'the session has another id by now', fix: 'Read chat.history again; the session was reset or does not exist yet.' },
  NEXUS_CHAT_LOST: { exit: 69, text: 'the connection closed before the answer was whole', fix: 'The run may go on; read `nexus call chat.history` for its answer.' },
  NEXUS_CHAT_TOO_LONG: { exit: 2, text: 'what was piped in is longer than {limit} bytes', fix: 'Send less at once.' },
} as const satisfies ErrorTable

export const failChat = failures(chatErrors)
