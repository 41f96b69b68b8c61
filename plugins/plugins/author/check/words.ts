/** Names and documentation. Pure. */
import type { JsonSchema, Manifest } from 'nexus-gateway/sdk'

/** The protocol's own; whatever else is a scope of the plugin's. */
const protocolScope = /^(public|operator\.(admin|read|write|approvals|pairing)|node(\.[\w-]+)*)$/

export function namingFaults({ id, methods, events, routes, upgrades, commands, paths }: Manifest): string[] {
  const own = (name: string): boolean => name === id || name.startsWith(`${id}.`)
  const scopes = [methods, events, routes, upgrades].flatMap((table) => Object.entries(table))
  return [
    ...Object.keys(methods).filter((name) => !name.startsWith(`${id}.`)).map((name) => `method ${name} does not begin with ${id}.`),
    ...Object.keys(events).filter((name) => !own(name)).map((name) => `event ${name} does not begin with ${id}.`),
    ...scopes.filter(([, scope]) => !protocolScope.test(scope) && !own(scope)).map(([name, scope]) => `${name} wants the scope ${scope}, which is neither the protocol's nor begins with ${id}.`),
    ...Object.keys(commands).filter((name) => name !== id && !name.startsWith(`${id} `)).map((name) => `command "${name}" does not begin with ${id}`),
    ...paths.filter((path) => path === '/').map(() => 'it claims every path of the gateway'),
  ]
}

/** Sections that a README needs, by what the plugin has. */
export function sectionsMissing(manifest: Manifest, readme: string | undefined): string[] {
  if (readme === undefined) return ['there is no README.md']
  const needed: readonly (readonly [string, RegExp, boolean])[] = [
    ['a title', /^# \S/m, true],
    ['Settings', /^##+ .*(settings|config)/im, Object.keys(manifest.config?.properties ?? {}).length > 0],
    ['Methods', /^##+ .*(methods|api|verbs)/im, Object.keys(manifest.methods).length > 0],
    ['Commands', /^##+ .*(commands|cli|usage)/im, Object.keys(manifest.commands).length > 0],
    ['Capabilities', /^##+ .*(capabilit|permission|tools|hooks|asks for)/im, manifest.capabilities.length > 0],
  ]
  return needed.filter(([, heading, due]) => due && !heading.test(readme)).map(([name]) => `there is no section "${name}"`.replace('section "a title"', 'title'))
}

export function namesMissing({ methods, events, commands, config }: Manifest, readme = ''): string[] {
  const names = [...Object.keys(methods), ...Object.keys(events), ...Object.keys(commands), ...Object.keys(config?.properties ?? {})]
  return names.filter((name) => !readme.includes(name)).map((name) => `${name} is not in it`)
}

/** Settings without a description, also those inside others. */
export function describedFaults(schema: JsonSchema | undefined, where = ''): string[] {
  return Object.entries(schema?.properties ?? {}).flatMap(([key, sub]) => {
    const path = where === '' ? key : `${where}.${key}`
    const inner = describedFaults(sub, path)
    return sub.description || (sub.properties && inner.length === 0) ? inner : sub.properties ? inner : [`${path} is not`]
  })
}
