/** What a step has shown, and everything that a run has seen at all. */
import type { Listener } from './servers.ts'
import type { Registry } from './registry.ts'
import type { Line } from './line.ts'
import type { Target } from './gateway.ts'
import type { Case, Mode } from './schema.ts'
import type { Ws } from './ws.ts'

export interface Seen {
  readonly verb: string
  /** When the step was done, on this process's clock. */
  readonly at: number
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly ok?: boolean | undefined
  readonly payload?: unknown
  readonly error?: unknown
  readonly exit?: number | null
  /** Of a tool: NEXUS's code, and what it says. */
  readonly code?: string | undefined
  readonly text?: string | undefined
  readonly results?: readonly Seen[]
  readonly line?: Line
  readonly ws?: Ws
  /** Why there was no answer. */
  readonly fault?: string | undefined
}

export interface Credential {
  readonly token?: string
  /** Of a service token. */
  readonly name?: string
  readonly device?: Device
}
export interface Device {
  readonly id: string
  readonly publicKey: string
  readonly role: string
  readonly scopes: readonly string[]
  /** Its own, once it is paired. */
  token?: string
  sign(text: string): string
}

/** Everything that came back over any connection of the run. */
export interface Evidence {
  add(bytes: Buffer | string): void
  has(text: string): boolean
  /** What came while the run was prepared was meant to. */
  clear(): void
}

export interface Run {
  readonly case: Case
  readonly mode: Mode
  readonly target: Target
  /** The address this run comes from; nothing where addresses cannot be had. */
  readonly source: string | undefined
  readonly marker: string
  readonly servers: ReadonlyMap<string, Listener>
  readonly credentials: Map<string, Credential>
  readonly named: Map<string, Seen>
  /** Kept connections by name. */
  readonly lines: Map<string, Line>
  readonly open: Set<Line>
  readonly evidence: Evidence
  /** Counted by `repeat`, and what it is about. */
  readonly n: number
  readonly each?: unknown
  readonly full: boolean
  /** Steps without a name that failed: told when the case fails. */
  readonly asides: string[]
  /** Where its gateway's npm asks. */
  readonly registry: Registry | undefined
  /** A folder of its own, and its archives by name. */
  readonly work: string
  readonly made: Map<string, string>
  /** What has to be done before its files can go. */
  readonly undo: (() => void)[]
}

const most = 32 * 1024 * 1024

export function createEvidence(): Evidence {
  const parts: string[] = []
  let size = 0
  return {
    add(bytes) {
      const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1')
      if ((size += text.length) <= most) parts.push(text)
    },
    clear() {
      parts.length = 0
      size = 0
    },
    // Joined, because what is looked for may have come in two pieces.
    has: (text) => parts.join('').includes(Buffer.from(text).toString('latin1')),
  }
}
