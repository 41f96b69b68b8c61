/** The socket of this runtime: its own `WebSocket`, or the package `ws` where there is none. */

/** As much of a WebSocket as is needed; the browser's, Node's and that of `ws` all are one. */
export interface Socket {
  readonly readyState: number
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'message', fn: (e: { data: unknown }) => void): void
  addEventListener(type: 'close', fn: (e: { code: number; reason: string }) => void): void
  addEventListener(type: 'error', fn: () => void): void
  terminate?(): void
}
export type SocketClass = new (url: string) => Socket

/** What opens a socket to `url`. */
export async function socketFor(url: string, given: SocketClass | undefined): Promise<() => Socket> {
  const address = url.replace(/^http/, 'ws')
  const Class = given ?? (address.startsWith('ws+unix:') ? undefined : (globalThis.WebSocket as SocketClass | undefined))
  if (Class) return () => new Class(address)
  // Not a literal, or bundlers for the browser would follow it into Node's own modules.
  const name: string = 'ws'
  const { WebSocket } = await import(/* @vite-ignore */ /* webpackIgnore: true */ name) as typeof import('ws')
  return () => new WebSocket(address, { perMessageDeflate: false })
}
