/**
 * Who may speak to this gateway at all, before anything else is looked at. A name that an attacker's DNS may point here
 * is not its Host, so a rebound page reaches nothing; a page of another origin neither opens a WebSocket nor calls.
 * Compared exactly: browsers spell every Host and Origin one way, and what is spelled another way is no browser's.
 */
import { isIPv4, isIPv6 } from 'node:net'
import * as v from 'valibot'
import type { Clock, HttpRequestInfo, Log } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'

/** `auth.hosts` and `auth.origins` */
export const Hosts = v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(262), v.regex(/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?)(:[1-9]\d{0,4})?$/))), v.maxLength(256), v.description('Further names of this gateway: "name" on any port, "name:port" on that one.')), [])
export const Origins = v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(300), v.regex(/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+$/))), v.maxLength(256), v.description('Origins of pages that may come in besides this gateway\'s own, as in "https://panel.example".')), [])

export interface GuardOptions {
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
  readonly log: Pick<Log, 'info'>
  readonly clock: Pick<Clock, 'now'>
}

type Fault = 'NEXUS_AUTH_HOST' | 'NEXUS_AUTH_ORIGIN'

/** For `http.request`. Throws NEXUS_AUTH_HOST, NEXUS_AUTH_ORIGIN, both 403. */
export function createGuard({ hosts, origins, log, clock }: GuardOptions): (request: HttpRequestInfo) => void {
  const names = new Set(hosts.map((host) => host.toLowerCase()))
  const pages = new Set(origins)
  const note = noteRefusals(log, clock)
  // Nearly every request has the Host of the one before it.
  let good: { readonly host: string; readonly port: number | undefined } | undefined

  function faultOf(request: HttpRequestInfo): Fault | undefined {
    const { headers, localPort, secure } = request
    const host = headers['host']
    if (host === undefined) return 'NEXUS_AUTH_HOST'
    if (host !== good?.host || localPort !== good.port) {
      if (!isOwnHost(host, localPort, names)) return 'NEXUS_AUTH_HOST'
      good = { host, port: localPort }
    }
    const origin = headers['origin']
    const fine = origin === undefined ? isFromHere(request) : isOwnPage(origin, host, secure) || pages.has(origin)
    return fine ? undefined : 'NEXUS_AUTH_ORIGIN'
  }

  return (request) => {
    if (request.listener === 'unix') return
    const fault = faultOf(request)
    if (fault === undefined) return
    note(fault, request)
    throw fail(fault)
  }
}

function isOwnHost(host: string, localPort: number | undefined, names: ReadonlySet<string>): boolean {
  const end = host.startsWith('[') ? host.indexOf(']') + 1 : host.includes(':') ? host.indexOf(':') : host.length
  const [name, rest] = [host.slice(0, end), host.slice(end)]
  const port = rest.slice(1)
  if (name === '' || (rest !== '' && !(rest.startsWith(':') && isPort(port)))) return false
  if (names.has(host) || names.has(name)) return true
  if (rest !== '') return port === String(localPort) && (name === 'localhost' || isLiteral(name))
  return isLiteral(name) || (name === 'localhost' && (localPort === 80 || localPort === 443))
}

/** An address is not looked up, so it cannot be pointed elsewhere. */
const isLiteral = (name: string): boolean => (name.startsWith('[') ? !name.includes('%') && isIPv6(name.slice(1, -1)) : isIPv4(name))

function isPort(text: string): boolean {
  if (text.length === 0 || text.length > 5 || text.startsWith('0')) return false
  for (const char of text) if (char < '0' || char > '9') return false
  return true
}

/** The page came from the same place; browsers leave default ports out. Over TLS no page came without it. */
function isOwnPage(origin: string, host: string, secure: boolean): boolean {
  const scheme = origin.startsWith('https://') ? 'https://' : !secure && origin.startsWith('http://') ? 'http://' : undefined
  if (scheme === undefined) return false
  const place = origin.slice(scheme.length)
  return place === host || (host.length > place.length && host === place + (scheme === 'https://' ? ':443' : ':80'))
}

/** Without an Origin: no browser, or this gateway's own page, or somebody who followed a link to it. */
function isFromHere({ headers, method, upgrade }: HttpRequestInfo): boolean {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return !upgrade && (method === 'GET' || method === 'HEAD') && headers['sec-fetch-mode'] === 'navigate'
}

/** A flood of refusals is one line in ten seconds. */
const quietMs = 10_000

function noteRefusals(log: Pick<Log, 'info'>, clock: Pick<Clock, 'now'>): (fault: Fault, request: HttpRequestInfo) => void {
  let until = -Infinity
  let untold = 0
  return (fault, { remote, upgrade }) => {
    const now = clock.now()
    if (now < until) return void untold++
    log.info('a request was refused for its Host or Origin', { remote, upgrade, code: fault, ...(untold > 0 && { untold }) })
    until = now + quietMs
    untold = 0
  }
}
