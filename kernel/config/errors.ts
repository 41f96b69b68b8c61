/** What can be wrong with settings besides their content. Loaded with the settings, not with every command. */
import { failures, type ErrorTable } from '../errors.ts'

const bad = { wire: 'INVALID_REQUEST', exit: 78 } as const

export const configErrors = {
  NEXUS_CONFIG_PATH: { ...bad, exit: 2, text: 'the key path is not understood at character {column}', fix: 'Write it like gateway.port, provider.models[0].id or headers["x-key"].' },
  NEXUS_CONFIG_LOST: { ...bad, text: '{state}', fix: 'Put it back with `nexus config restore`, or write {} into it to start anew.' },
  NEXUS_CONFIG_UNHEALTHY: { ...bad, status: 409, text: 'the new settings were taken back: {reasons}', fix: 'The gateway runs on with those from before. Correct the new ones.' },
  NEXUS_CONFIG_CONFLICT: { ...bad, status: 409, exit: 75, text: '{file} was changed in the meantime', fix: 'Read it again and repeat the change.' },
  NEXUS_CONFIG_SHRINKS: { ...bad, status: 409, text: 'this write of {file} {what}', fix: 'Look at what would be lost; if that is meant, write again with --force.' },
  NEXUS_CONFIG_WRITE: { wire: 'UNAVAILABLE', retryable: true, status: 507, exit: 73, text: 'cannot write {file}: {reason}', fix: 'Check the space on the disk and the rights of the directory. A file that is mounted by itself cannot be replaced: mount its directory.' },
  NEXUS_CONFIG_BACKUP: { ...bad, status: 404, text: 'there is no backup of the settings by that name', fix: 'See `nexus config history`.' },
  NEXUS_SECRET_SOURCE: { ...bad, text: '"{path}" does not say where the secret is', fix: 'Write { $secret: "env:NAME" }, "file:path", "exec:command" or "store:name", and nothing beside it.' },
  NEXUS_SECRET_UNRESOLVED: { wire: 'UNAVAILABLE', exit: 78, text: 'the secret {source} cannot be had: {reason}', fix: 'Put it where the settings say it is, or say in the settings where it is.' },
} as const satisfies ErrorTable

export const failConfig = failures(configErrors)
