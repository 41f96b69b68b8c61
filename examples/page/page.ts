import { definePlugin, route } from 'nexus-gateway/sdk'
import * as v from 'valibot'

export default definePlugin({
  id: 'page',
  config: v.strictObject({ everyMs: v.optional(v.pipe(v.number(), v.minValue(1), v.description('Milliseconds between two lines.')), 200) }),
  routes: {
    'GET /': route({ scope: 'public', summary: 'The page.' }),
    'GET /count/:to': route({ scope: 'operator.read', summary: 'Counts, a line at a time.' }),
    'POST /size': route({ scope: 'operator.write', summary: 'How many bytes were sent.' }),
  },
  setup(ctx) {
    const wait = () => new Promise<void>((resolve) => { ctx.clock.setTimeout(resolve, ctx.config.everyMs) })
    return {
      routes: {
        'GET /': (c) => c.html('<!doctype html><title>page</title><h1>It counts</h1><p>GET count/3 with a token.'),
        'GET /count/:to': (c) => {
          const to = Math.min(100, Number(c.req.param('to')) || 0)
          const line = new TextEncoder()
          let n = 0
          return new Response(new ReadableStream({
            async pull(stream) {
              if (n >= to) return stream.close()
              if (n > 0) await wait()
              stream.enqueue(line.encode(`${++n}\n`))
            },
          }), { headers: { 'content-type': 'text/plain' } })
        },
        'POST /size': async (c) => {
          let bytes = 0
          for await (const part of c.req.raw.body ?? []) bytes += part.length
          return c.json({ bytes })
        },
      },
    }
  },
})
