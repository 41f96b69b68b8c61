import { definePlugin, method, route } from 'nexus-gateway/sdk'

const greeting = 'hello'

export default definePlugin({
  id: 'greeter',
  methods: {
    'greeter.say': method({ scope: 'operator.read' }),
    /** Takes five seconds. */
    'greeter.slow': method({ scope: 'operator.read' }),
  },
  routes: { 'GET /stream': route({ scope: 'operator.read' }) },
  setup(ctx) {
    const wait = (ms: number) => new Promise<void>((resolve) => { ctx.clock.setTimeout(resolve, ms) })
    return {
      methods: {
        'greeter.say': () => greeting,
        'greeter.slow': () => wait(5000).then(() => greeting),
      },
      routes: { 'GET /stream': () => new Response(lines(() => wait(2500), 3), { headers: { 'content-type': 'text/plain' } }) },
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
