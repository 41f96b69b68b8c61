/** Errors on their way to the other side: those with a code of a table stay what they are, of others there is the text. */
import { NexusError } from 'nexus-gateway/sdk'
import type { ErrorRow } from 'nexus-gateway/sdk'

export interface Failure {
  readonly message: string
  readonly stack?: string
  readonly code?: string
  readonly row?: ErrorRow
  readonly data?: Readonly<Record<string, unknown>>
}

const longest = 8_000
const wires = ['INVALID_REQUEST', 'UNAVAILABLE', 'FORBIDDEN', 'NOT_PAIRED', 'AGENT_TIMEOUT', 'APPROVAL_NOT_FOUND']

export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof NexusError) return { message: thrown.message, code: thrown.code, row: thrown.row, data: thrown.data }
  if (!(thrown instanceof Error)) return { message: short(String(thrown)) }
  return { message: short(thrown.message), ...(thrown.stack !== undefined && { stack: short(thrown.stack) }) }
}

/** Of what the other side says nothing is taken on trust but that it is said. */
export function fromFailure({ message, stack, code, row, data }: Failure): Error {
  const known = typeof code === 'string' && /^[A-Z]+(_[A-Z0-9]+)+$/.test(code) ? rowOf(row) : undefined
  if (known) return new NexusError(code as string, known, typeof data === 'object' && data !== null ? data : {})
  const error = new Error(short(String(message)))
  if (typeof stack === 'string') error.stack = short(stack)
  return error
}

function rowOf(row: unknown): ErrorRow | undefined {
  const { text, fix, wire, detail, status, retryable, exit } = (row ?? {}) as Readonly<Record<string, unknown>>
  if (typeof text !== 'string' || typeof fix !== 'string') return undefined
  return {
    text: short(text), fix: short(fix),
    ...(typeof wire === 'string' && wires.includes(wire) && { wire: wire as NonNullable<ErrorRow['wire']> }),
    ...(typeof detail === 'string' && { detail: short(detail) }),
    ...(typeof status === 'number' && status >= 400 && status <= 599 && { status: Math.trunc(status) }),
    ...(typeof retryable === 'boolean' && { retryable }),
    ...(typeof exit === 'number' && exit > 0 && exit < 126 && { exit: Math.trunc(exit) }),
  }
}

const short = (text: string): string => text.slice(0, longest)
