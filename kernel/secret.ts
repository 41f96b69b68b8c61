/** A value that must not be seen: what holds one can be passed on, and only `reveal()` gives the value. */
import { inspect } from 'node:util'

const shown = '[secret]'

export class Secret {
  /** Where it comes from: `env:NAME`, `file:path`, `exec:command`, `store:name`, or `literal`. Fit to be shown. */
  readonly source: string
  readonly #resolve: () => Promise<string>

  constructor(source: string, resolve: () => Promise<string>) {
    this.source = source
    this.#resolve = resolve
  }

  /** The value, resolved at the first call. Rejects with NEXUS_SECRET_UNRESOLVED when it cannot be had and never could. */
  reveal(): Promise<string> { return this.#resolve() }

  toString(): string { return shown }
  toJSON(): string { return shown }
  [inspect.custom](): string { return shown }
  /** In a template or a sum it would go unnoticed: that is refused. */
  [Symbol.toPrimitive](): never { throw new TypeError('a secret cannot be made part of a text; call reveal()') }
}
