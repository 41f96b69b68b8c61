/** `nexus init`. The command is all there is: nothing runs, and nothing is loaded, until somebody types it. */
import { definePlugin } from 'nexus-gateway/sdk'
import { initErrors } from './errors.ts'

export default definePlugin({ id: 'init', errors: initErrors, setup() {} })
