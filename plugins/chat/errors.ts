/** Why a chat request was refused. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const chatErrors = {
  NEXUS_CHAT_UNSUPPORTED: { wire: 'INVALID_REQUEST', text: '{method} cannot take "{field}": {reason}', fix: 'Leave "{field}" out.' },
  NEXUS_CHAT_EMPTY: { wire: 'INVALID_REQUEST', text: 'the message is empty', fix: 'Send some text.' },
  NEXUS_CHAT_ATTACHMENT: { wire: 'INVALID_REQUEST', text: 'attachment {number} is not taken: {reason}', fix: 'Send png, jpeg, gif or webp pictures, or files of text, as strict base64 and within the limits of `policy.attachments` in hello-ok.' },
  NEXUS_CHAT_LEVEL: { wire: 'INVALID_REQUEST', text: 'that is no level of thinking', fix: 'Take one of {levels}, or `default`.' },
  NEXUS_CHAT_NO_SESSION: { wire: 'INVALID_REQUEST', text: 'there is no such session', fix: 'See `nexus sessions list`; chat.send begins one.' },
  NEXUS_CHAT_OTHER_AGENT: { wire: 'INVALID_REQUEST', text: 'agentId is not the agent of that session', fix: 'Leave agentId out, or name a session of that agent.' },
  NEXUS_CHAT_SESSION_CHANGED: { wire: 'INVALID_REQUEST', text: 'the session has another id by now', fix: 'Read chat.history again; the session was reset or does not exist yet.' },
  NEXUS_CHAT_LOST: { exit: 69, text: 'the connection closed before the answer was whole', fix: 'The run may go on; read `nexus call chat.history` for its answer.' },
  NEXUS_CHAT_TOO_LONG: { exit: 2, text: 'what was piped in is longer than {limit} bytes', fix: 'Send less at once.' },
} as const satisfies ErrorTable

export const failChat = failures(chatErrors)
