/** What can be wrong with settings besides their content. Loaded with the settings, not with every command. */
import { failures, type ErrorTable } from '../errors.ts'

const bad = { wire: 'INVALID_REQUEST', exit: 78 } as const

export const configErrors = {
  NEXUS_CONFIG_PATH: { ...bad, exit: 2, text: 'the key path is not understood at character {column}', fix: 'Write it like gateway.port, provider.models[0].id or headers["x-key"].' },
} as const satisfies ErrorTable

export const failConfig = failures(configErrors)
