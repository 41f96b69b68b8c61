/** The least client that speaks the protocol: what is measured is the server. */
import WebSocket from 'ws'

export interface Wire {
  readonly socket: WebSocket
  send(method: string, params?: unknown): Promise<unknown>
  /** Sends a ready frame whose answer carries `id`. */
  raw(id: string, frame: string): Promise<void>
  onEvent: (frame: { event: string; payload: Record<string, unknown> }) => void
  close(): void
}

export async function open(port: number, token: string): Promise<Wire> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false })
  const waiting = new Map<string, (payload: unknown) => void>()
  let ids = 0
  const wire: Wire = {
    socket,
    onEvent: () => {},
    send(method, params) {
      const id = String(ids++)
      return new Promise((resolve) => {
        waiting.set(id, resolve)
        socket.send(JSON.stringify({ type: 'req', id, method, params }))
      })
    },
    raw(id, frame) {
      return new Promise((resolve) => {
        waiting.set(id, () => resolve())
        socket.send(frame)
      })
    },
    close: () => socket.terminate(),
  }
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as { type: string; id: string; event: string; ok: boolean; payload: Record<string, unknown> }
      if (frame.type === 'event' && frame.event === 'connect.challenge') {
        socket.send(JSON.stringify({ type: 'req', id: 'hello', method: 'connect', params: { minProtocol: 3, maxProtocol: 4, client: { id: 'bench', version: '1', platform: 'linux', mode: 'backend' }, caps: [], role: 'operator', scopes: ['operator.admin'], auth: { token } } }))
      } else if (frame.type === 'res' && frame.id === 'hello') {
        if (frame.ok) resolve()
        else reject(new Error(JSON.stringify(frame)))
      } else if (frame.type === 'res') {
        waiting.get(frame.id)?.(frame.payload)
        waiting.delete(frame.id)
      } else wire.onEvent(frame)
    })
  })
  return wire
}
