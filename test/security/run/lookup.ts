/** The variables of a run. */
import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import type { Run, Seen } from './seen.ts'
import { at, type Lookup } from './variables.ts'

export function lookupIn(run: Run): Lookup {
  const { target, servers } = run
  const plain: Readonly<Record<string, () => unknown>> = {
    url: target.url,
    host: () => { const { host, port } = target.address(); return `${host.includes(':') ? `[${host}]` : host}:${port}` },
    port: () => String(target.address().port),
    state: () => target.own?.state,
    stateName: () => target.own && basename(target.own.state),
    token: target.token,
    source: () => run.source,
    marker: () => run.marker,
    random: () => randomBytes(12).toString('hex'),
    n: () => String(run.n),
    // Stands for itself until the gateway of a `start` has a place.
    other: () => '$OTHER',
    canary: () => servers.get('canary')?.url,
    registry: () => run.registry?.url,
    home: () => run.registry?.env['HOME'],
    work: () => run.work,
    // Of its own in the workspace of `main`: its name there, and where it is.
    box: () => `box-${run.marker}`,
    folder: () => target.own && join(target.own.state, 'workspace', 'main', `box-${run.marker}`),
    pid: () => String(target.own?.pid()),
    each: () => run.each,
    // What a lock has to say of a process that is there.
    boot: () => systemSays(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    space: () => systemSays(() => readlinkSync('/proc/self/ns/pid')),
    outside: () => `${run.work}/outside`,
  }
  return (name) => {
    if (Object.hasOwn(plain, name)) return plain[name]?.()
    if (name.startsWith('proof ')) return proxyProof(name.split(' '))
    const [first = '', second = '', ...rest] = name.split('.')
    if (first === 'archives') return run.made.get(second)
    if (first === 'installed') return placeOf(run, second)
    if (first === 'tokens') return run.credentials.get(second)?.token
    if (first === 'tokenNames') return run.credentials.get(second)?.name
    if (first === 'devices') return at(run.credentials.get(second)?.device, rest)
    if (first === 'servers') return rest[0] === 'port' ? String(servers.get(second)?.port) : servers.get(second)?.url
    return at(visible(run.named.get(first)), [second, ...rest])
  }
}

/** Where the installed plugin is whose id is `name-` and the run's marker. */
function placeOf({ target, marker }: Run, name: string): string | undefined {
  const dir = join(target.own?.state ?? '', 'plugins')
  const { plugins } = JSON.parse(readFileSync(join(dir, 'lock.json'), 'utf8')) as { plugins: Record<string, { dir: string } | undefined> }
  const place = plugins[`${name}-${marker}`]?.dir
  return place === undefined || isAbsolute(place) ? place : join(dir, place)
}

/** '' where there is no /proc. */
function systemSays(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

/** What a proxy that has the secret would send for this user and `X-Forwarded-For`, now. */
function proxyProof([, secret = '', user = '', forwardedFor = '']: readonly string[]): string {
  const seconds = Math.floor(Date.now() / 1000)
  return `${seconds}.${createHmac('sha256', secret).update(`${seconds}|${user}|${forwardedFor}`).digest('hex')}`
}

/** Of a socket also the last hello, as `payload`; of an HTTP body that is JSON its members, as `json`. */
function visible(seen: Seen | undefined): unknown {
  if (!seen) return undefined
  const { verb, status, headers, body, ok, payload, error, exit, code, text } = seen
  return { verb, status, headers, body, ok, payload, error, exit, code, text, json: jsonIn(body), results: seen.results?.map(visible) }
}

export function jsonIn(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
