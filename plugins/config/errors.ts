import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const bad = { wire: 'INVALID_REQUEST', exit: 78 } as const

export const settingsErrors = {
  NEXUS_CONFIG_BASE_HASH: { ...bad, text: 'a change of the settings needs baseHash, and the file is there', fix: 'Read it with config.get and send its hash along.' },
  NEXUS_CONFIG_STALE: { ...bad, status: 409, exit: 75, text: 'the settings were changed since they were read', fix: 'Read them again with config.get and make the change anew.' },
  NEXUS_CONFIG_FAULTY: { ...bad, text: 'nothing was changed, because the new settings would not be valid: {faults}', fix: 'Correct what is named.' },
  NEXUS_CONFIG_BROKEN: { ...bad, status: 409, text: '{file} cannot be read as it is, so it cannot be changed: {faults}', fix: 'Mend it with `nexus config edit`, or go back with `nexus config history` and `nexus config restore ID`.' },
  NEXUS_CONFIG_GUARDED: { wire: 'FORBIDDEN', exit: 77, text: 'a {label} may not change {keys}', fix: 'Have an operator change it. Agents may change only what a plugin\'s schema marks with agentWritable.' },
  NEXUS_CONFIG_SENTINEL: { ...bad, text: '"{path}" has no secret that could be kept', fix: 'Send the value itself, or a reference such as { $secret: "env:NAME" }.' },
  NEXUS_CONFIG_SHRINKING_LIST: { ...bad, text: 'the list "{path}" would lose entries', fix: 'Name it in replacePaths if that is meant.' },
  NEXUS_CONFIG_ELSEWHERE: { ...bad, text: '"{path}" does not stand in {file}: {place} gives it', fix: 'Change it there.' },
  NEXUS_CONFIG_NO_PLACE: { ...bad, text: '"{path}" leads through something that is no table or list, or past the end of a list', fix: 'See `nexus config get`.' },
  NEXUS_CONFIG_SHAPE: { ...bad, text: 'the settings must be one object', fix: 'Send something like { gateway: { port: 19789 } }.' },
  NEXUS_CONFIG_TEXT: { ...bad, text: 'line {line}, column {column}: {reason}', fix: 'Correct it; it is JSON5.' },
  NEXUS_CONFIG_UNEDITABLE: { ...bad, status: 409, text: 'this change cannot be made without spoiling the form of the file', fix: 'Make it by hand with `nexus config edit`.' },
  // Commands
  NEXUS_CONFIG_NO_VALUE: { exit: 1, text: '"{path}" is not set', fix: '{hint}' },
  NEXUS_CONFIG_SECRET_ARGUMENT: { exit: 2, text: '"{path}" is a secret, and other programs can read what stands on a command line', fix: 'Leave the value out and pipe it in or type it, or give a reference: nexus config set {path} \'{ $secret: "env:NAME" }\'.' },
  NEXUS_CONFIG_EDITOR: { exit: 1, text: 'the editor did not end well: {reason}', fix: 'Set VISUAL or EDITOR. What you wrote is kept in {copy}; go on with `nexus config edit --from {copy}`.' },
  NEXUS_CONFIG_FILE: { exit: 66, text: 'cannot read {file}: {reason}', fix: 'Check the path and its mode.' },
} as const satisfies ErrorTable

export const fail = failures(settingsErrors)
