/** The body of a request as an object of a known shape. */
import * as v from 'valibot'
import type { RouteContext } from 'nexus-gateway/sdk'
import { failOpenai } from './errors.ts'

const MiB = 1024 * 1024
/** Bytes. */
export const mostBytes = { chat: 20 * MiB, responses: 20 * MiB, embeddings: 8 * MiB } as const

/** Throws NEXUS_OPENAI_TOO_LARGE, NEXUS_OPENAI_BODY. */
export async function objectIn(c: RouteContext, limit: number): Promise<object> {
  const tooLarge = () => failOpenai('NEXUS_OPENAI_TOO_LARGE', { limit })
  if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge()
  const body = await c.req.text()
  if (Buffer.byteLength(body) > limit) throw tooLarge()
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (error) {
    throw failOpenai('NEXUS_OPENAI_BODY', {}, error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw failOpenai('NEXUS_OPENAI_BODY')
  return value
}

/** Throws NEXUS_OPENAI_INVALID, which names places and what was expected there, never what was sent. */
export function shaped<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return parsed.output
  const { issues } = parsed
  const faults = issues.slice(0, 5).map((issue) => {
    const place = v.getDotPath(issue)
    return `${place === null ? 'the request' : `\`${place.slice(0, 100)}\``} must be ${issue.expected ?? issue.message}`
  })
  const place = v.getDotPath(issues[0])
  throw failOpenai('NEXUS_OPENAI_INVALID', { faults: [...new Set(faults)].join('; '), ...(place ? { param: place.slice(0, 100) } : {}) })
}

export const invalid = (param: string, fault: string) => failOpenai('NEXUS_OPENAI_INVALID', { faults: `\`${param}\` ${fault}`, param })
export const unsupported = (param: string, reason: string) => failOpenai('NEXUS_OPENAI_UNSUPPORTED', { param, reason })

// ── Fields that several requests have ───────────────────────────────────────────────────────────

/** One of several shapes, told apart before they are looked at, so that a fault is told of the one that was meant. */
const chosen = <T>(choose: (input: unknown) => v.GenericSchema<unknown, T>): v.GenericSchema<unknown, T> => v.lazy(choose)

/** What has a `type` that is not known is let through, to be refused by its place. */
export interface Other { readonly type?: string | undefined; readonly [key: string]: unknown }
const Other: v.GenericSchema<unknown, Other> = v.looseObject({ type: v.string() })

/** By `type`; `usual` is the one of what has none. */
export function byType<T extends object>(known: Readonly<Record<string, v.GenericSchema<unknown, T>>>, usual = ''): v.GenericSchema<unknown, T | Other> {
  return chosen<T | Other>((input) => {
    const type = typeof input === 'object' && input !== null && 'type' in input ? input.type : usual
    return typeof type === 'string' && Object.hasOwn(known, type) ? known[type]! : Other
  })
}

export const textOr = <T>(schema: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, string | T> => chosen<string | T>((input) => (typeof input === 'object' ? schema : v.string()))

export const maybe = <T extends v.GenericSchema>(schema: T) => v.optional(v.nullable(schema))
export const fields = {
  model: v.pipe(v.string(), v.minLength(1), v.maxLength(300)),
  tokens: maybe(v.pipe(v.number(), v.integer(), v.minValue(1))),
  temperature: maybe(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
  topP: maybe(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  user: maybe(v.pipe(v.string(), v.maxLength(512))),
  effort: maybe(v.picklist(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])),
}
