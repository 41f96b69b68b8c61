/** Grants in the words of Node's permission model, which differ by version. */
import type { Grants } from './grants.ts'

/** `read`: what the process needs to be able to run at all. */
export function permissionFlags(grants: Grants, read: readonly string[], version = process.versions.node): string[] {
  const major = Number.parseInt(version, 10)
  return [
    major >= 22 ? '--permission' : '--experimental-permission',
    '--disable-warning=ExperimentalWarning', '--disable-warning=SecurityWarning',
    ...[...new Set([...read, ...grants.read])].map((path) => `--allow-fs-read=${path}`),
    ...[...new Set(grants.write)].map((path) => `--allow-fs-write=${path}`),
    ...(grants.run ? ['--allow-child-process'] : []),
    ...(grants.worker ? ['--allow-worker'] : []),
    ...(grants.native && process.allowedNodeEnvironmentFlags.has('--allow-addons') ? ['--allow-addons'] : []),
    // From 25 on the network is part of the model.
    ...(grants.net.length > 0 && major >= 25 ? ['--allow-net'] : []),
  ]
}
