/** Every bound of the gateway in one place. Bytes, milliseconds or counts, as the name says. */
export interface Limits {
  /** Largest message a client may send once it is in; 25 MiB in the protocol. */
  readonly maxPayload: number
  /** A client with more than this unread is a slow consumer. */
  readonly maxBufferedBytes: number
  readonly tickIntervalMs: number
  /** How long a ping may stay unanswered. Less than `tickIntervalMs`. */
  readonly pongMs: number

  readonly preauthPayload: number
  readonly preauthFrames: number
  readonly handshakeMs: number
  /** Sockets in the handshake at once: per address, and per listener. The rest waits its turn, up to `waiting`. */
  readonly handshakesPerAddress: number
  readonly handshakes: number
  readonly waiting: number

  readonly callsPerConnection: number
  /** Refused for a missing scope this often in a row, a connection is closed. */
  readonly deniedInARow: number

  /** Events kept for clients that come back: by number, by size and by age. */
  readonly ringEvents: number
  readonly ringBytes: number
  readonly resumeMs: number
  readonly rememberedConnections: number

  readonly rpcBytes: number
  /** The same for a caller without a credential. */
  readonly rpcBytesUnknown: number
  readonly routeBytes: number
  readonly httpConnections: number
}

const KiB = 1024
const MiB = 1024 * KiB

export const defaultLimits: Limits = {
  maxPayload: 25 * MiB,
  maxBufferedBytes: 50 * MiB,
  tickIntervalMs: 30_000,
  pongMs: 25_000,
  preauthPayload: 64 * KiB,
  preauthFrames: 15,
  handshakeMs: 10_000,
  handshakesPerAddress: 32,
  handshakes: 64,
  waiting: 1024,
  callsPerConnection: 256,
  deniedInARow: 10,
  ringEvents: 8192,
  ringBytes: 16 * MiB,
  resumeMs: 5 * 60_000,
  rememberedConnections: 1000,
  rpcBytes: 2 * MiB,
  rpcBytesUnknown: 64 * KiB,
  routeBytes: 25 * MiB,
  httpConnections: 10_000,
}
