/** What other plugins may rely on: that there is an `auth`. What it decides reaches them as `call.caller`. */
import { contract } from 'nexus-gateway/sdk'

export { authErrors } from './errors.ts'

export const auth = contract({ id: 'auth' })
