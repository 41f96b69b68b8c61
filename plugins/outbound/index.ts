import * as v from 'valibot'
import { definePlugin } from 'nexus-gateway/sdk'
import { outbound, outboundAfter, outboundBefore, outboundErrors } from './contract.ts'
import type { OutboundOutcome } from './contract.ts'
import { createFetch } from './fetch.ts'
import { createPolicy } from './policy.ts'
import { lookupHost } from './resolve.ts'
import { parseRules } from './rules.ts'

const upTo = (most: number, least = 1) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))
const rules = (text: string) => v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(512))), v.maxLength(1000), v.description(text)), [])

export default definePlugin({
  ...outbound,
  errors: outboundErrors,
  config: v.strictObject({
    allow: rules('Destinations that are asked although they are private or on another port: HOST, *.DOMAIN, ADDRESS or CIDR, each with :PORT or without.'),
    deny: rules('Destinations that are never asked, in the same form.'),
    downgrade: v.optional(v.pipe(v.boolean(), v.description('Whether a redirect may lead from https to http.')), false),
    limits: v.optional(v.strictObject({
      maxBytes: v.optional(v.pipe(upTo(1_073_741_824), v.description('Bytes of an answer, before and after decompression each.')), 10_485_760),
      maxHeaderBytes: v.optional(v.pipe(upTo(65_536, 1024), v.description('Bytes of an answer\'s headers.')), 16_384),
      maxRedirects: v.optional(v.pipe(upTo(5, 0), v.description('Redirects that are followed.')), 5),
      connectMs: v.optional(v.pipe(upTo(600_000), v.description('Milliseconds for DNS, and again for the connection with TLS.')), 10_000),
      headersMs: v.optional(v.pipe(upTo(600_000), v.description('Milliseconds from the connection to the end of the answer\'s headers.')), 30_000),
      idleMs: v.optional(v.pipe(upTo(600_000), v.description('Milliseconds between two pieces of the body.')), 30_000),
      totalMs: v.optional(v.pipe(upTo(3_600_000), v.description('Milliseconds from the call to the last byte, redirects included.')), 120_000),
      concurrency: v.optional(v.pipe(upTo(10_000), v.description('Requests under way at once.')), 64),
    }), {}),
  }),
  setup(ctx) {
    const { allow, deny, downgrade, limits } = ctx.config
    const fetch = createFetch({
      policy: createPolicy(parseRules(allow, '`outbound.allow`'), parseRules(deny, '`outbound.deny`')),
      limits, downgrade, lookup: lookupHost, clock: ctx.clock, signal: ctx.scope.signal,
      before: (hop) => ctx.invoke(outboundBefore, hop),
      after: record,
    })

    function record(outcome: OutboundOutcome): void {
      const { cause, ...facts } = outcome
      if (!outcome.ok) ctx.log.warn('an outbound request failed', { ...facts, trace: cause.trace, by: cause.caller.label })
      void ctx.invoke(outboundAfter, outcome)
    }

    return { provides: { fetch: { fetch } } }
  },
})
