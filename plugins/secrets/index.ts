import { join } from 'node:path'
import * as v from 'valibot'
import { definePlugin, labels } from 'nexus-gateway/sdk'
import type { Cause } from 'nexus-gateway/sdk'
import { createCipher } from './cipher.ts'
import { secrets } from './contract.ts'
import { fail, secretsErrors } from './errors.ts'
import { findKeys, systemKeyring } from './keys.ts'
import { fits, maxValueBytes } from './value.ts'
import { createVault } from './vault.ts'

export default definePlugin({
  ...secrets,
  config: v.strictObject({ key: v.optional(v.pipe(v.picklist(['auto', 'file', 'keyring']), v.description('Where the key is kept.')), 'auto') }),
  errors: secretsErrors,
  safe: true,
  exclusive: true,
  setup(ctx) {
    const dir = join(ctx.paths.state, 'secrets')
    const vault = createVault({
      dir,
      cipher: createCipher(),
      findKeys: (file) => findKeys({ wanted: ctx.config.key, file, account: dir, openKeyring: systemKeyring }),
      now: () => ctx.clock.now(),
      onUnfinished: (error) => ctx.log.warn('a rotation of the key that was cut off could not be ended yet', { error }),
    })
    ctx.scope.defer(vault.idle, 'store of secrets')

    /** What was changed, and for whom: never a value. */
    function changed(names: readonly string[], what: string, { caller }: Cause): void {
      ctx.log.info(`stored secrets were ${what}`, { names, by: caller.id })
      if (names.length > 0) ctx.emit('secrets.changed', { names: [...names] })
    }

    return {
      provides: { secrets: { get: vault.get, list: vault.list } },
      methods: {
        'secrets.list': async () => ({ secrets: await vault.list(), key: await vault.place() }),
        'secrets.set': async ({ name, value }, call) => {
          checkLabel(call)
          const text = await value.reveal()
          if (!fits(text)) throw fail('NEXUS_SECRETS_VALUE', { limit: maxValueBytes })
          const { created } = await vault.set(name, text)
          changed([name], 'set', call)
          return { name, created }
        },
        'secrets.remove': async ({ name }, call) => {
          checkLabel(call)
          await vault.remove(name)
          changed([name], 'removed', call)
          return { name }
        },
        'secrets.rotate': async (_, call) => {
          checkLabel(call)
          const names = await vault.rotate()
          changed(names, 'encrypted anew with a new key', call)
          return { secrets: names.length }
        },
      },
    }
  },
})

/** What a schedule, a model's tool call, a channel or a webhook asks for may have been put into its mouth. */
function checkLabel({ caller: { label } }: Cause): void {
  if (labels.indexOf(label) > labels.indexOf('plugin')) throw fail('NEXUS_SECRETS_LABEL', { label })
}
