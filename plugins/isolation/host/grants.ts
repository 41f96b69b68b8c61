/** What a plugin's process may touch: its capabilities, as places and flags. */
import { mkdir, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseCapability } from 'nexus-gateway/sdk'
import type { Capability } from 'nexus-gateway/sdk'

export interface Grants {
  /** Real paths. */
  readonly read: readonly string[]
  readonly write: readonly string[]
  /** Hosts it declares; none is no network. */
  readonly net: readonly string[]
  readonly env: readonly string[]
  readonly run: boolean
  readonly worker: boolean
  readonly native: boolean
}
export const noGrants: Grants = { read: [], write: [], net: [], env: [], run: false, worker: false, native: false }

/** Makes the plugin's own folder where it asks for one. */
export async function grantsOf(id: string, capabilities: readonly string[], state: string): Promise<Grants> {
  const all = capabilities.flatMap((text) => parseCapability(text) ?? [])
  const of = <K extends Capability['kind']>(kind: K) => all.filter((one): one is Extract<Capability, { kind: K }> => one.kind === kind)
  const has = (kind: Capability['kind']): boolean => of(kind).length > 0
  const own = has('data') ? [await dataFolder(id, state)] : []
  const places = (kind: 'read' | 'write') => Promise.all(all.flatMap((one) => (one.kind === kind && 'path' in one ? real(home(one.path)) : [])))
  const write = [...own, ...await places('write')]
  return {
    read: [...await places('read'), ...write], write,
    net: of('net').map(({ host }) => host), env: of('env').map(({ name }) => name),
    run: has('run'), worker: has('worker'), native: has('native'),
  }
}

async function dataFolder(id: string, state: string): Promise<string> {
  const folder = join(state, 'plugins', 'data', id)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return real(folder)
}

/** What is not there yet is taken by its name, below what is. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    return dirname(path) === path ? path : join(await real(dirname(path)), path.slice(dirname(path).length))
  }
}

const home = (path: string): string => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path)

/** Every `node_modules` its own imports could lead to, real paths. */
export async function libraries(root: string): Promise<string[]> {
  const places: string[] = []
  for (let dir = root; ; dir = dirname(dir)) {
    places.push(join(dir, 'node_modules'))
    if (dirname(dir) === dir) break
  }
  const found = await Promise.all(places.map((place) => realpath(place).catch(() => undefined)))
  return found.filter((place) => place !== undefined)
}
