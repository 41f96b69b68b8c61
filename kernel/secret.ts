/** A value that must not be seen: what holds one can be passed on, and only `reveal()` gives the value. */

const shown = '[secret]'
// By its registered name: contracts are for browsers too, and have no `node:util`.
const inspected = Symbol.for('nodejs.util.inspect.custom')
/** Values that a secret had before: work that began with one of them may still be under way. */
const remembered = 4

export class Secret {
  /** The same in every copy of this class. */
  static readonly brand = 'nexus.secret/1'
  /** Where it comes from: `env:NAME`, `file:path`, `exec:` and the command's first word, `store:name`, or `literal`. Fit to be shown. */
  readonly source: string
  // Private to the language: no copy, clone, listing or inspection reaches them.
  readonly #resolve: () => Promise<string>
  #known: readonly string[] = []

  constructor(source: string, resolve: () => Promise<string>) {
    this.source = source
    this.#resolve = resolve
  }

  /** One whose value is at hand. */
  static literal(value: string): Secret {
    const secret = new Secret('literal', () => Promise.resolve(value))
    secret.#known = [value]
    return secret
  }

  /** The value as it is now: ask again for every use, and keep it nowhere. Rejects with NEXUS_SECRET_UNRESOLVED when it cannot be had and never could. */
  async reveal(): Promise<string> {
    const value = await this.#resolve()
    if (this.#known[0] !== value) this.#known = [value, ...this.#known.filter((known) => known !== value)].slice(0, remembered)
    return value
  }

  /** The values it has shown so far, the newest first: for whoever takes them out of what is written. */
  known(): readonly string[] { return this.#known }

  toString(): string { return shown }
  toJSON(): string { return shown }
  [inspected](): string { return shown }
  /** In a template or a sum it would go unnoticed: that is refused. */
  [Symbol.toPrimitive](): never { throw new TypeError('a secret cannot be made part of a text; call reveal()') }
}
