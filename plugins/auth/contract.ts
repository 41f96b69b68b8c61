/** Credentials, and who holds which. What `auth` decides reaches other plugins as `call.caller`. */
import { contract } from 'nexus-gateway/sdk'
import { deviceEvents, deviceMethods } from './devices/verbs.ts'
import { passwordMethods } from './password/verbs.ts'
import { tokenMethods } from './tokens/verbs.ts'

export { authErrors } from './errors.ts'

export const auth = contract({ id: 'auth', methods: { ...tokenMethods, ...deviceMethods, ...passwordMethods }, events: { ...deviceEvents } })
