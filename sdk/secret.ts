/** A setting, or a parameter of a method, that is a secret. */
import * as v from 'valibot'
import { Secret } from '../kernel/secret.ts'

/**
 * Takes a text or a `Secret`, gives a `Secret`; settings may say `{ $secret: "env:NAME" | "file:path" | "exec:command" |
 * "store:name" }` in its place. Ask it with `reveal()` for every use: then a secret changed at its source needs no restart.
 * `description` is for people, as `v.description` would be.
 */
export function secret(description = '') {
  return v.pipe(
    v.union([v.pipe(v.string(), v.minLength(1)), v.instance(Secret)]),
    v.metadata({ secret: true, ...(description !== '' && { description }) }),
    v.transform((given) => (given instanceof Secret ? given : Secret.literal(given))),
  )
}
