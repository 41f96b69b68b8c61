/** An imported module as transformed code expects it: what stands on a CommonJS module's `default` is found on the module too. */

const isThing = (x: unknown): x is object => (typeof x === 'object' && x !== null) || typeof x === 'function'

const isTranspiled = (module: object): boolean => Boolean((module as Readonly<Record<string, unknown>>)['__esModule'])

export function interop(module: unknown): unknown {
  if (!isThing(module)) return module
  const inner = (module as { readonly default?: unknown }).default
  if (inner === undefined || inner === null) return isTranspiled(module) || module instanceof Promise ? module : withDefault(module, module)
  return withDefault(module, nested(module, inner))
}

/** A CommonJS module that was an ES module before it was built, imported from an ES module. */
function nested(module: object, inner: unknown): unknown {
  const deeper = isThing(inner) ? (inner as { readonly default?: unknown }).default : undefined
  return typeof deeper === 'function' && isTranspiled(module) ? deeper : inner
}

function withDefault(module: object, value: unknown): unknown {
  const bound = new WeakMap<object, unknown>()
  const through = (name: PropertyKey): unknown => {
    const found: unknown = Reflect.get(value as object, name)
    if (typeof found !== 'function') return found
    if (!bound.has(found)) bound.set(found, found.bind(value))
    return bound.get(found)
  }
  return new Proxy(module, {
    get(target, name) {
      if (name === '__esModule') return true
      if (name === 'default') return value
      if (name in target) return Reflect.get(target, name)
      return isThing(value) && value !== target && !(value instanceof Promise) ? through(name) : undefined
    },
    ...(typeof value === 'function' && typeof module !== 'function' && { apply: (_, self, args) => Reflect.apply(value, self, args) }),
  })
}
