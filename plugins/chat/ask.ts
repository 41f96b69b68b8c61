/** One question over the gateway's WebSocket, from the message to the end of its run. */
import { randomUUID } from 'node:crypto'
import type { CommandSocket } from 'nexus-gateway/sdk'
import { failChat } from './errors.ts'
import type { ChatPayload } from './payload.ts'

export interface Answer {
  readonly runId: string
  readonly sessionKey: string
  readonly state: 'final' | 'aborted' | 'error'
  readonly text: string
  readonly stopReason: string
  readonly usage?: unknown
  readonly error?: string
}

export interface Listener {
  /** Text to be put after what was said before. */
  said?(text: string): void
  toolStarted?(name: string): void
}

interface AgentTool { readonly runId: string; readonly stream: string; readonly data: { readonly phase?: string; readonly name?: string } }

/** `signal` stops the run; the answer is then what was said until then. Rejects with NEXUS_CHAT_LOST and what `chat.send` throws. */
export async function ask(socket: CommandSocket, sessionKey: string, message: string, listener: Listener, signal: AbortSignal): Promise<Answer> {
  const runId = randomUUID()
  let printed = ''
  let finish = (_: Answer): void => {}
  const finished = new Promise<Answer>((resolve) => { finish = resolve })
  const say = (text: string): void => {
    printed += text
    if (text !== '') listener.said?.(text)
  }
  const offs = [
    socket.on('chat', (event: ChatPayload) => {
      if (event.runId !== runId) return
      if (event.state === 'delta') return say(event.deltaText)
      const text = event.message?.content.map((part) => part.text).join('') ?? ''
      say(text.startsWith(printed) ? text.slice(printed.length) : `\n${text}`)
      finish(answerOf(event, text))
    }),
    socket.on('agent', ({ runId: id, stream, data }: AgentTool) => {
      if (id === runId && stream === 'tool' && data.phase === 'start') listener.toolStarted?.(data.name ?? '')
    }),
  ]
  // The run may be over by then: whatever comes of this, the last event decides.
  const stop = (): void => void socket.call('chat.abort', { sessionKey, runId }).catch(() => {})
  try {
    const lost = socket.closed.then(() => { throw failChat('NEXUS_CHAT_LOST') })
    const sent = await Promise.race([socket.call('chat.send', { sessionKey, message, idempotencyKey: runId }), lost])
    if (isStopped(sent)) return stoppedAnswer(runId, sessionKey, sent.runIds.length, say)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    return await Promise.race([finished, lost])
  } finally {
    signal.removeEventListener('abort', stop)
    for (const off of offs) off()
  }
}

const isStopped = (sent: unknown): sent is { readonly runIds: readonly string[] } => typeof sent === 'object' && sent !== null && 'runIds' in sent

/** The message was a word that stops: no run of its own comes of that. */
function stoppedAnswer(runId: string, sessionKey: string, count: number, say: (text: string) => void): Answer {
  const text = count > 0 ? 'Stopped.' : 'Nothing is under way.'
  say(text)
  return { runId, sessionKey, state: 'final', text, stopReason: 'stop' }
}

function answerOf(event: Exclude<ChatPayload, { state: 'delta' }>, text: string): Answer {
  const { runId, sessionKey, state, stopReason } = event
  return {
    runId, sessionKey, state, text, stopReason,
    ...('usage' in event ? { usage: event.usage } : {}),
    ...('errorMessage' in event && event.errorMessage !== undefined ? { error: event.errorMessage } : {}),
  }
}
