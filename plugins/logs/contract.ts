/** What other plugins may rely on: the method that reads the log, and the hook that keeps their secrets out of it. */
import * as v from 'valibot'
import { contract, hook, method } from 'nexus-gateway/sdk'

export { logsErrors } from './errors.ts'

/**
 * Every plugin answers with the secrets it holds; none of them is ever written to the log, in plain, base64 or
 * percent-encoded. Asked for every line, so answer with a list and no promise, as in `() => ctx.config.key.known()`: while
 * some plugin answers with a promise it is asked only at start and when a plugin comes, goes or is set anew.
 * Shorter than 8 characters is ignored.
 */
export const secretsHeld = hook.collect<[], readonly string[]>('logs.secrets', { onError: 'isolate' })

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** The protocol's `LogsTailParams` and `LogsTailResult`; positions and sizes in bytes of the file. */
export const LogsTailParams = v.strictObject({
  cursor: v.optional(count),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5000)), 500),
  maxBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), 250_000),
})
export const LogsTailResult = v.strictObject({
  file: v.string(),
  /** Pass it to the next call to get what came after. */
  cursor: count,
  size: count,
  lines: v.array(v.string()),
  /** `maxBytes` left lines out. */
  truncated: v.optional(v.boolean()),
  /** The file is another one than the cursor was for; these are its last lines. */
  reset: v.optional(v.boolean()),
  skippedBytes: v.optional(count),
})

export const logs = contract({
  id: 'logs',
  methods: {
    'logs.tail': method({ scope: 'operator.read', params: LogsTailParams, result: LogsTailResult, summary: 'The last lines of the log, or those after a cursor.' }),
  },
})
