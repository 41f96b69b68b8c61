/** What a plugin may ask for beyond its own names, and what that means in plain words. */

export type Capability =
  | { readonly kind: 'kernel'; readonly what: string }
  | { readonly kind: 'tap'; readonly hook: string }
  | { readonly kind: 'scope'; readonly scope: string }
  /** `*` is every host. */
  | { readonly kind: 'net'; readonly host: string }
  /** An absolute path, or one that starts with `~/`. */
  | { readonly kind: 'read' | 'write'; readonly path: string }
  | { readonly kind: 'data' | 'run' | 'worker' | 'native' }
  | { readonly kind: 'env'; readonly name: string }

/**
 * `kernel:control` · `tap:HOOK` · `scope:SCOPE` · `net:HOST` or `net:*` · `fs:data` (a folder of its own) · `fs:read:PATH` ·
 * `fs:write:PATH` · `env:NAME` · `run` (start programs) · `worker` (threads) · `native` (add-ons in machine code).
 * `undefined` for what is none of these.
 */
export function parseCapability(text: string): Capability | undefined {
  const [kind = '', ...rest] = text.split(':')
  const value = rest.join(':')
  if (kind === 'kernel' && /^[a-z]+$/.test(value)) return { kind, what: value }
  if (kind === 'tap' && /^[a-z][\w.-]*$/i.test(value)) return { kind, hook: value }
  if (kind === 'scope' && /^[a-z][\w-]*(\.[\w-]+)+$/i.test(value)) return { kind, scope: value }
  if (kind === 'net' && /^(\*|[a-z0-9]([\w.-]*[a-z0-9])?|\[[\da-f:]+\])(:\d{1,5})?$/i.test(value)) return { kind, host: value.toLowerCase() }
  if (kind === 'env' && /^[A-Z_][A-Z0-9_]*$/i.test(value)) return { kind, name: value }
  if (kind === 'fs' && value === 'data') return { kind: 'data' }
  if (kind === 'fs') {
    const [how, ...path] = value.split(':')
    const place = path.join(':')
    return (how === 'read' || how === 'write') && isPlace(place) ? { kind: how, path: place } : undefined
  }
  return (kind === 'run' || kind === 'worker' || kind === 'native') && rest.length === 0 ? { kind } : undefined
}

const isPlace = (path: string): boolean => /^(\/|~\/)./.test(path) && !path.split('/').includes('..') && !/[\p{Cc}*,]/u.test(path)

/** One line for whoever has to agree. */
export function capabilityText(text: string): string {
  const capability = parseCapability(text)
  if (!capability) return `${JSON.stringify(text)}, which this version does not know`
  switch (capability.kind) {
    case 'kernel': return kernelTexts[capability.what] ?? `steer the gateway: ${capability.what}`
    case 'tap': return hookText(capability.hook)
    case 'scope': return `call methods of the gateway of its own accord, with the scope ${capability.scope}`
    case 'net': return capability.host === '*' ? 'reach any host on the network' : `reach ${capability.host} on the network`
    case 'read': return `read files below ${capability.path}`
    case 'write': return `read and change files below ${capability.path}`
    case 'data': return 'keep files in a folder of its own'
    case 'env': return `read the environment variable ${capability.name}`
    case 'run': return 'start any program as you'
    case 'worker': return 'run threads of its own'
    case 'native': return 'load add-ons in machine code, which nothing in this process can contain'
  }
}

const kernelTexts: Readonly<Record<string, string>> = {
  control: 'stop, start and replace plugins',
  config: 'read and change all settings',
  connections: 'end the connections of others',
}

function hookText(hook: string): string {
  if (hook === 'log.written') return 'read every line of the log'
  if (hook.startsWith('call.')) return `watch calls and refuse them (${hook})`
  if (/^(connection|gateway|http)\./.test(hook)) return `decide who gets in (${hook})`
  return `take part in ${hook}`
}
