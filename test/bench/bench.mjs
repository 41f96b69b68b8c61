// A plugin for the benchmark: one event, one method that emits it, one route. Its file has its id for a name: that is how the settings trust it.
import { definePlugin, event, method, route } from 'nexus-gateway/sdk'
import * as v from 'valibot'

export default definePlugin({
  id: 'bench',
  methods: { 'bench.fan': method({ scope: 'operator.write', params: v.strictObject({ bytes: v.number(), marker: v.string() }) }) },
  events: { 'bench.tick': event({ scope: 'operator.read', payload: v.strictObject({ pad: v.string(), marker: v.string() }) }) },
  routes: { 'GET /json': route({ scope: 'operator.read' }) },
  setup: (ctx) => ({
    methods: { 'bench.fan': ({ bytes, marker }) => ctx.emit('bench.tick', { pad: 'x'.repeat(bytes), marker }) },
    routes: { 'GET /json': (c) => c.json({ hello: 'world', n: 1 }) },
  }),
})
