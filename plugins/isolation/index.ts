import * as v from 'valibot'
import { definePlugin, KernelControl } from 'nexus-gateway/sdk'
import { isolation } from './contract.ts'
import type { IsolatedPlugin } from './contract.ts'
import { isolationErrors } from './errors.ts'
import { probeBwrap } from './host/bwrap.ts'

const within = (least: number, most: number, description: string) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most), v.description(description))
const memoryMb = within(64, 65_536, 'Memory (RSS) a plugin\'s process may have, in MiB.')
const hangMs = within(300, 60_000, 'How long it may answer nothing, in milliseconds.')
const cpuSeconds = within(1, 60, 'CPU time it may take within a minute, in seconds.')

export default definePlugin({
  ...isolation,
  config: v.strictObject({
    memoryMb: v.optional(memoryMb, 256),
    hangMs: v.optional(hangMs, 600),
    cpuSeconds: v.optional(cpuSeconds, 30),
    bwrap: v.optional(v.pipe(v.picklist(['auto', 'required', 'off']), v.description('bubblewrap around each process: where it works, always or never.')), 'auto'),
    plugins: v.optional(v.record(v.string(), v.strictObject({ memoryMb: v.optional(memoryMb), hangMs: v.optional(hangMs), cpuSeconds: v.optional(cpuSeconds) })), {}),
  }),
  errors: isolationErrors,
  requires: { kernel: KernelControl },
  capabilities: ['kernel:control'],
  setup(ctx) {
    const { plugins, ...general } = ctx.config
    let probed: Promise<string | undefined> | undefined
    const probe = () => (probed ??= probeBwrap())
    const listed = new Set<() => IsolatedPlugin>()
    return {
      provides: {
        isolation: {
          limitsOf(id) {
            const own = Object.hasOwn(plugins, id) ? plugins[id] : undefined
            return { ...general, ...Object.fromEntries(Object.entries(own ?? {}).filter(([, value]) => value !== undefined)) }
          },
          serving: () => ctx.deps.kernel.phase() === 'ready',
          list(status) {
            listed.add(status)
            return () => void listed.delete(status)
          },
          quarantined(id, reason) {
            ctx.log.error('a plugin was taken out of service', { plugin: id, reason })
            ctx.emit('isolation.quarantined', { id, reason })
          },
        },
      },
      methods: {
        'isolation.list': async () => ({ containment: general.bwrap === 'off' || await probe() !== undefined ? 'node' : 'bwrap', plugins: [...listed].map((status) => status()).sort((a, b) => (a.id < b.id ? -1 : 1)) }),
      },
    }
  },
})
