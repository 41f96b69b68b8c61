/** Every bound of the gateway in one place. Bytes, milliseconds or counts, as the name says. */
const KiB = 1024
const MiB = 1024 * KiB

export const defaultLimits = {
  /** Largest message a client may send once it is in. */
  maxPayload: 25 * MiB,
  /** A client with more than this unread is a slow consumer. */
  maxBufferedBytes: 50 * MiB,
  tickIntervalMs: 30_000,
  /** How long a ping may stay unanswered; less than `tickIntervalMs`. */
  pongMs: 25_000,
  callsPerConnection: 256,
  /** Refused for a missing scope this often in a row, a connection is closed. */
  deniedInARow: 10,

  /** One message of a stranger, and how many he may send behind `connect` while he is looked at. */
  preauthPayload: 64 * KiB,
  preauthFrames: 15,
  handshakeMs: 10_000,
  /** Sockets in the handshake at once; more wait for their turn, up to `waiting`. */
  handshakesPerAddress: 8,
  handshakes: 64,
  waiting: 1024,

  /** Events kept for clients that come back, by number and size; the clients remembered, and for how long. */
  ringEvents: 8192,
  ringBytes: 16 * MiB,
  rememberedConnections: 1000,
  resumeMs: 5 * 60_000,

  /** Bodies: of `/rpc`, the same without a credential, of plugin routes. */
  rpcBytes: 2 * MiB,
  rpcBytesUnknown: 64 * KiB,
  routeBytes: 25 * MiB,
  /** Sockets per listener. */
  sockets: 10_000,
}
export type Limits = Readonly<typeof defaultLimits>
