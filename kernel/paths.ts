import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where an installation keeps what it owns; absolute. */
export interface Paths {
  readonly state: string
  readonly config: string
  readonly socket: string
  readonly lock: string
  readonly cache: string
  readonly token: string
  /** The secret of this start, by which its own programs and the gateway know each other on `socket`. */
  readonly local: string
}

export function statePaths(env: NodeJS.ProcessEnv): Paths {
  const state = resolve(env['NEXUS_STATE_DIR'] || join(env['HOME'] || homedir(), '.nexus'))
  return {
    state,
    config: resolve(env['NEXUS_CONFIG'] || join(state, 'nexus.json5')),
    socket: join(state, 'gateway.sock'),
    lock: join(state, 'gateway.lock'),
    cache: join(state, 'cache'),
    token: join(state, 'auth', 'token'),
    local: join(state, 'auth', 'local'),
  }
}

/** Makes `dir` and what is missing above it, 0700 whatever the umask. */
export async function privateDir(dir: string): Promise<void> {
  const { chmod, mkdir } = await import('node:fs/promises')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
}

/** The root of the package `nexus-gateway`, the same for its source and for its build. Read once, at start. */
export function packageDir(): string {
  let dir = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(dir, 'package.json')) && dirname(dir) !== dir) dir = dirname(dir)
  return dir
}
