/**
 * Catches what a plugin does by mistake: connecting where it declares no network, signalling others. Code that means
 * to get around this can; what it cannot get around is outside of this process.
 */
import { Socket as Datagrams } from 'node:dgram'
import { Socket } from 'node:net'

type Run = (this: unknown, ...args: unknown[]) => unknown

export function setTripwires(hosts: readonly string[], report: (what: string) => void): void {
  const refuse = (what: string): never => {
    report(what)
    throw Object.assign(new Error(`this plugin does not declare that it may ${what}`), { code: 'ERR_ACCESS_DENIED' })
  }
  const kill = process.kill.bind(process)
  process.kill = (pid, signal) => (pid === process.pid ? kill(pid, signal) : refuse('signal another process'))
  if (hosts.includes('*')) return
  guard(Socket.prototype, 'connect', (args) => { if (!isDeclared(hosts, args)) refuse('connect to this place on the network') })
  for (const name of ['connect', 'send']) guard(Datagrams.prototype, name, () => refuse('send datagrams'))
}

function guard(prototype: object, name: string, look: (args: readonly unknown[]) => void): void {
  const methods = prototype as Record<string, Run>
  const run = methods[name] as Run
  methods[name] = function guarded(...args) {
    look(args)
    return run.apply(this, args)
  }
}

/** As `connect` takes them: options, port and host, a path, or Node's own list of these. */
function isDeclared(hosts: readonly string[], args: readonly unknown[]): boolean {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as readonly unknown[]
  const { host, port, path } = (typeof first === 'object' && first !== null ? first : /^\d+$/.test(String(first)) ? { port: first, host: second } : { path: first }) as Readonly<Record<string, unknown>>
  if (path !== undefined && path !== null) return false
  const name = typeof host === 'string' ? host.toLowerCase() : 'localhost'
  return hosts.some((declared) => declared === name || declared === `${name}:${String(port)}`)
}
