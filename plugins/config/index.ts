import { ConfigControl, definePlugin, KernelControl } from 'nexus-gateway/sdk'
import { healthChecked } from '../health/contract.ts'
import { config, doctorChecks } from './contract.ts'
import { settingsErrors } from './errors.ts'
import { migrations } from './migrations/index.ts'
import type { Verbs } from './verbs.ts'

export default definePlugin({
  ...config,
  requires: { control: ConfigControl, kernel: KernelControl },
  // The second one for the gateway's version alone, which a changed file is stamped with.
  capabilities: ['kernel:config', 'kernel:control'],
  safe: true,
  errors: settingsErrors,
  migrations,
  setup(ctx) {
    const { control, kernel: { version } } = ctx.deps

    ctx.tap(healthChecked, () => {
      const { mode, reasons } = control.mode()
      return mode === 'normal' ? undefined : { degraded: reasons, safe: mode === 'safe' }
    })

    let loaded: Verbs | undefined
    let loading: Promise<Verbs> | undefined
    async function load(): Promise<Verbs> {
      const { createVerbs } = await import('./verbs.ts')
      return loaded = createVerbs({
        control, version, log: ctx.log, now: () => ctx.clock.now(),
        // Not the kernel's clock: what it is compared with are the times of files.
        patient: { control, paths: ctx.paths, env: process.env, now: () => Date.now() },
        others: async () => (await ctx.invoke(doctorChecks)).flat(),
      })
    }
    const verbs = (): Promise<Verbs> => (loading ??= load())

    return {
      methods: {
        'config.get': () => (loaded ? loaded.get() : verbs().then(({ get }) => get())),
        'config.set': async ({ raw, ...base }, call) => (await verbs()).text(raw, base, call),
        'config.apply': async ({ raw, ...base }, call) => (await verbs()).text(raw, base, call),
        'config.patch': async ({ raw, replacePaths, ...base }, call) => (await verbs()).patch(raw, replacePaths, base, call),
        'config.edit': async ({ set, unset, ...base }, call) => (await verbs()).edit({ set, unset }, base, call),
        'config.restore': async ({ id, ...base }, call) => (await verbs()).restore(id, base, call),
        'config.schema': async () => (await verbs()).schema(),
        'config.validate': async ({ raw }, call) => (await verbs()).validate(raw, call),
        'config.diff': async (params) => (await verbs()).diff(params),
        'config.history': async () => ({ backups: (await control.history()).map(({ id, time, bytes, hash }) => ({ id, time, bytes, hash })) }),
        'config.explain': async ({ path }) => (await verbs()).explain(path),
        'config.doctor': async ({ fix }, call) => (await verbs()).doctor(fix, call),
      },
    }
  },
})
