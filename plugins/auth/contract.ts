/** Credentials, and who holds which. What `auth` decides reaches other plugins as `call.caller`. */
import { contract, hook } from 'nexus-gateway/sdk'
import { deviceEvents, deviceMethods } from './devices/verbs.ts'
import { passwordMethods } from './password/verbs.ts'
import { tokenMethods } from './tokens/verbs.ts'

export { authErrors } from './errors.ts'

/** Whoever keeps to budgets of tokens answers: whether that text is one it can keep to. Without an answer there is no such token. */
export const tokenBudgetChecked = hook.collect<[text: string], boolean>('auth.tokenBudgetChecked')

export const auth = contract({ id: 'auth', methods: { ...tokenMethods, ...deviceMethods, ...passwordMethods }, events: { ...deviceEvents } })
