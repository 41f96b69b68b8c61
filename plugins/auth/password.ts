/** Way in: a password, of which this form of `auth` has none. Sending one is a bad credential, not a missing one. */
import type { Layer } from './authenticate.ts'
import { refusals } from './refusals.ts'

export const noPassword: Layer = (request) => (request.password ? refusals.passwordNotConfigured : undefined)
