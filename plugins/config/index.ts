import { ConfigControl, definePlugin, KernelControl } from 'nexus-gateway/sdk'
import type { Call } from 'nexus-gateway/sdk'
import { healthChecked } from '../health/contract.ts'
import { byPatch, byPaths, toBackup, toText, type Change } from './change.ts'
import { config, doctorChecks, type ConfigWriteResult } from './contract.ts'
import { diff } from './diff.ts'
import { diagnose, ownFindings } from './doctor.ts'
import { settingsErrors } from './errors.ts'
import { explain, schemaAnswer } from './explain.ts'
import { checkRepair } from './guard.ts'
import { migrations } from './migrations/index.ts'
import { snapshots } from './snapshot.ts'
import { validate } from './validate.ts'
import { write, type Base } from './write.ts'

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
    const shown = snapshots(control)

    ctx.tap(healthChecked, () => {
      const { mode, reasons } = control.mode()
      return mode === 'normal' ? undefined : { degraded: reasons, safe: mode === 'safe' }
    })

    async function changed(base: Base, change: Change, call: Call, exact = false): Promise<ConfigWriteResult> {
      const done = await write({ control, version }, base, change, call, exact)
      if (!done.noop) ctx.log.info('the settings were changed', { by: call.caller.id, label: call.caller.label, verb: call.verb, changed: done.changed, started: done.report.started, stopped: done.report.stopped })
      return done
    }

    async function findings() {
      // Not the kernel's clock: what it is compared with are the times of files.
      const patient = { control, paths: ctx.paths, env: process.env, now: () => Date.now() }
      const [own, others] = await Promise.all([ownFindings(patient), ctx.invoke(doctorChecks)])
      return [...own, ...others.flat()]
    }

    return {
      methods: {
        'config.get': () => shown.get(),
        'config.set': ({ raw, ...base }, call) => changed(base, toText(raw), call),
        'config.apply': ({ raw, ...base }, call) => changed(base, toText(raw), call),
        'config.patch': ({ raw, replacePaths, ...base }, call) => changed(base, byPatch(raw, replacePaths), call),
        'config.edit': ({ set, unset, ...base }, call) => changed(base, byPaths({ set, unset }), call),
        'config.restore': ({ id, ...base }, call) => changed(base, toBackup(id), call, true),
        'config.schema': () => schemaAnswer(control, version, ctx.clock.now()),
        'config.validate': ({ raw }, call) => validate(control, raw, call),
        'config.diff': (params) => diff(control, params),
        'config.history': async () => ({ backups: (await control.history()).map(({ id, time, bytes, hash }) => ({ id, time, bytes, hash })) }),
        'config.explain': ({ path }) => explain(control, path),
        'config.doctor': ({ fix }, call) => {
          if (fix) checkRepair(call.caller)
          return diagnose(findings, fix)
        },
      },
    }
  },
})
