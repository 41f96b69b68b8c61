/** Settings of the plugin. */
import * as v from 'valibot'
import { ResetConfig } from './reset-rules.ts'
import { RetentionConfig } from './retention.ts'

const peer = v.pipe(v.string(), v.minLength(1), v.maxLength(256))

export const SessionsConfig = v.strictObject({
  dmScope: v.optional(v.pipe(
    v.picklist(['main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer']),
    v.description('Which direct messages share a session: all of an agent\'s, those of one person, of one person on one channel, or of one person on one channel with one of the gateway\'s accounts.'),
  ), 'main'),
  identityLinks: v.optional(v.pipe(v.record(v.string(), v.pipe(v.array(peer), v.maxLength(100))), v.description('One person under several ids: a name to ids, each `PEER` or `CHANNEL:PEER`.')), {}),
  reset: v.optional(ResetConfig, {}),
  retention: v.optional(RetentionConfig, {}),
})
