/** The modules a plugin shares with its host, as this installation has them; each imported when it is first wanted. */

// A name that the bundler cannot see: these libraries are to be found where the gateway finds them, and only if they are asked for.
const unbundled = (name: string): Promise<object> => import(name)
const libraries: readonly string[] = ['valibot', 'hono', 'hono/streaming']
const importers: Readonly<Record<string, () => Promise<object>>> = {
  'nexus-gateway/sdk': () => import('nexus-gateway/sdk'),
  'nexus-gateway/sdk/client': () => import('nexus-gateway/sdk/client'),
}

export interface Shared {
  has(name: string): boolean
  load(name: string): Promise<object>
  /** For `require`, which cannot wait: what somebody has imported by now. */
  now(name: string): object | undefined
}

export function createShared(): Shared {
  const loaded = new Map<string, object>()
  return {
    has: (name) => Object.hasOwn(importers, name) || libraries.includes(name),
    async load(name) {
      const module = await (Object.hasOwn(importers, name) ? importers[name]?.() : unbundled(name)) as object
      loaded.set(name, module)
      return module
    },
    now: (name) => loaded.get(name),
  }
}
