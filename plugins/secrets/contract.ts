/** Secrets under names, kept encrypted. No answer and no event has a value; only the service gives one. */
import * as v from 'valibot'
import { contract, controlWrites, event, method, secret, service } from 'nexus-gateway/sdk'

export { secretsErrors } from './errors.ts'

/** Times in ms since the epoch. */
export interface SecretEntry { readonly name: string; readonly createdAt: number; readonly updatedAt: number }

/** What `{ $secret: "store:NAME" }` in settings leads to; a plugin that has to do with names of its own may require it. */
export interface SecretsApi {
  /** Rejects with NEXUS_SECRETS_UNKNOWN, and when the store cannot be read. Read anew each time: nothing is kept decrypted. */
  get(name: string): Promise<string>
  /** By name. */
  list(): Promise<readonly SecretEntry[]>
}
export const Secrets = service<SecretsApi>('secrets/1')

export const SecretName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][\w.-]{0,63}$/))
const ByName = v.strictObject({ name: SecretName })
const time = v.pipe(v.number(), v.integer(), v.minValue(0))
const count = time

export const secrets = contract({
  id: 'secrets',
  provides: { secrets: Secrets },
  methods: {
    'secrets.list': method({
      scope: 'operator.admin', params: v.strictObject({}), summary: 'The names of the stored secrets, and where the key to them is.',
      result: v.strictObject({ secrets: v.array(v.strictObject({ name: v.string(), createdAt: time, updatedAt: time })), key: v.picklist(['file', 'keyring']) }),
    }),
    'secrets.set': method({ scope: 'operator.admin', limit: controlWrites, params: v.strictObject({ name: SecretName, value: secret() }), result: v.strictObject({ name: v.string(), created: v.boolean() }), summary: 'Stores a secret, in place of the one of that name if there is one.' }),
    'secrets.remove': method({ scope: 'operator.admin', limit: controlWrites, params: ByName, result: v.strictObject({ name: v.string() }), summary: 'Takes a secret out of the store.' }),
    'secrets.rotate': method({ scope: 'operator.admin', limit: controlWrites, params: v.strictObject({}), result: v.strictObject({ secrets: count }), summary: 'Encrypts everything anew, with a new key.' }),
  },
  events: {
    /** What was had under these names is to be asked for again. */
    'secrets.changed': event({ scope: 'operator.admin', payload: v.strictObject({ names: v.array(v.string()) }) }),
  },
})
