/** What a call rejects with, whether the gateway or the connection said no. */
export interface GatewayFault {
  /** The protocol's code, such as `INVALID_REQUEST` or `UNAVAILABLE`. */
  readonly code: string
  readonly message: string
  /** `details.nexus` is the gateway's or this client's own code, `NEXUS_…`. */
  readonly details?: unknown
  /** True: nothing was done, the same call may succeed later. */
  readonly retryable?: boolean
  readonly retryAfterMs?: number
}

export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: string
  readonly details: unknown
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  constructor(fault: GatewayFault) {
    super(fault.message)
    this.code = fault.code
    this.details = fault.details
    this.retryable = fault.retryable ?? false
    this.retryAfterMs = fault.retryAfterMs
  }
}

const table = {
  NEXUS_CLIENT_TIMEOUT: ['AGENT_TIMEOUT', false, 'no answer to {method} within {ms} ms'],
  NEXUS_CLIENT_LOST: ['UNAVAILABLE', false, 'the connection was lost while {method} ran; it may or may not have been done'],
  NEXUS_CLIENT_OFFLINE: ['UNAVAILABLE', true, 'no connection within {ms} ms; {method} was not sent'],
  NEXUS_CLIENT_BUSY: ['UNAVAILABLE', true, '{max} calls are already waiting; {method} was not sent'],
  NEXUS_CLIENT_TOO_LARGE: ['INVALID_REQUEST', false, '{method} is larger than the {max} bytes the gateway takes'],
  NEXUS_CLIENT_ABORTED: ['UNAVAILABLE', false, '{method} was aborted by its caller'],
  NEXUS_CLIENT_CLOSED: ['UNAVAILABLE', false, 'the client is closed'],
  NEXUS_CLIENT_INSECURE: ['INVALID_REQUEST', false, 'the token would go to another machine unencrypted; use a wss:// or https:// address, or set allowInsecure: true on a network you trust'],
  NEXUS_CLIENT_REFUSED: ['INVALID_REQUEST', false, 'the gateway refused the connection ({code}): {reason}'],
  NEXUS_CLIENT_HANDSHAKE: ['INVALID_REQUEST', false, 'the handshake failed: {reason}'],
  NEXUS_CLIENT_SILENT: ['UNAVAILABLE', true, 'nothing was heard from the gateway for {ms} ms'],
} as const satisfies Record<string, readonly [code: string, retryable: boolean, text: string]>

export type ClientErrorCode = keyof typeof table

export function clientError(nexus: ClientErrorCode, data: Readonly<Record<string, string | number>> = {}): GatewayError {
  const [code, retryable, text] = table[nexus]
  const message = text.replace(/\{(\w+)\}/g, (whole, name: string) => String(data[name] ?? whole))
  return new GatewayError({ code, message, retryable, details: { nexus } })
}

/** An `error` of the wire, as far as it can be trusted to have the right shape. */
export function wireError(error: unknown): GatewayError {
  const e = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  return new GatewayError({
    code: typeof e['code'] === 'string' && e['code'] ? e['code'] : 'UNAVAILABLE',
    message: typeof e['message'] === 'string' && e['message'] ? e['message'] : 'the gateway gave no reason',
    details: e['details'],
    retryable: e['retryable'] === true,
    ...(typeof e['retryAfterMs'] === 'number' ? { retryAfterMs: e['retryAfterMs'] } : {}),
  })
}
