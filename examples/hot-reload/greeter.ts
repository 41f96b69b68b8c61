import { definePlugin, method, route } from 'nexus-gateway/sdk'

const greeting = 'hello'

export default definePlugin({
  id: 'greeter',
  methods: {
    'greeter.say': method({ scope: 'operator.read' }),
    /** Takes a second. */
    'greeter.slow': method({ scope: 'operator.read' }),
  },
  routes: { 'GET /stream': route({ scope: 'operator.read' }) },
  setup(ctx) {
    const second = () => new Promise<void>((resolve) => { ctx.clock.setTimeout(resolve, 1000) })
    return {
      methods: {
        'greeter.say': () => greeting,
        'greeter.slow': () => second().then(() => greeting),
      },
      routes: { 'GET /stream': () => new Response(lines(second, 3), { headers: { 'content-type': 'text/plain' } }) },
    }
  },
})

/** One line at once and one after each wait. */
function lines(wait: () => Promise<void>, count: number): ReadableStream<Uint8Array> {
  const line = new TextEncoder().encode(`${greeting}\n`)
  let sent = 0
  return new ReadableStream({
    async pull(stream) {
      if (sent++ > 0) await wait()
      stream.enqueue(line)
      if (sent === count) stream.close()
    },
  })
}
