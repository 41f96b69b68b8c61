/** The one password of the gateway. No answer has it, nor what is kept of it. */
import * as v from 'valibot'
import { controlWrites, method, secret } from 'nexus-gateway/sdk'

const scope = 'operator.admin'
const nothing = v.strictObject({})

export const passwordMethods = {
  'auth.password.set': method({ scope, limit: controlWrites, params: v.strictObject({ password: secret() }), result: v.strictObject({ set: v.literal(true) }), summary: 'Sets the password, 8 characters to 1,024 bytes. What the one before let in is closed, the caller too if it came by it.' }),
  'auth.password.remove': method({ scope, limit: controlWrites, params: nothing, result: v.strictObject({ set: v.literal(false), removed: v.boolean() }), summary: 'Takes the password away. What it let in is closed, the caller too if it came by it.' }),
  'auth.password.status': method({ scope, params: nothing, result: v.strictObject({ set: v.boolean() }), summary: 'Whether there is a password.' }),
}
