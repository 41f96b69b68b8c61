/** What a manifest may say under `migrations`. */
import * as v from 'valibot'
import type { Migration, Step } from './migrate.ts'

const text = v.pipe(v.string(), v.minLength(1, 'some text'), v.maxLength(500, 'at most 500 characters'))
const name = v.pipe(text, v.check(isName, 'a key'))
const path = v.pipe(text, v.check((given) => given.split('.').every(isName), 'names with dots between them, such as "gateway.port"'))
const pattern = v.pipe(text, v.check((given) => given.split('.').every((one, i) => isName(one) || (one === '*' && i > 0)), 'names and stars with dots between them, such as "agents.*.model"'))
const number = v.pipe(v.number(), v.finite('a number'))
const scalar = v.union([v.string(), number, v.boolean(), v.null()])
const few = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.minLength(1, 'a list with an entry'), v.maxLength(200, 'at most 200 entries'))
const except = v.exactOptional(few(name))

function isName(given: string): boolean {
  return /^[\w$-]+$/.test(given) && !['__proto__', 'constructor', 'prototype'].includes(given)
}

const steps: Readonly<Record<string, v.GenericSchema<unknown, Step>>> = {
  move: v.pipe(
    v.strictObject({ move: pattern, to: pattern, times: v.exactOptional(number), except }),
    v.check(({ move, to }) => move.split('*').length >= to.split('*').length, 'a move with no more stars in `to` than in `move`'),
  ),
  set: v.strictObject({ set: pattern, value: scalar }),
  drop: v.strictObject({ drop: v.union([pattern, few(pattern)]), note: text, is: v.exactOptional(few(scalar)), except }),
  map: v.strictObject({ map: pattern, values: v.record(v.string(), scalar) }),
  list: v.strictObject({ list: path, to: path, key: name }),
  pick: v.strictObject({ pick: path, to: path, key: name, where: v.exactOptional(v.strictObject({ key: name, is: few(scalar) })), prefer: v.exactOptional(path) }),
}
const kinds = Object.keys(steps)
const otherStep = v.pipe(v.custom<Step>(() => true), v.check(() => false, `a step: ${kinds.join(', ')}`))

// Not a union: its faults would not say which field of which step is wrong.
const step = v.lazy((given) => steps[kinds.find((kind) => typeof given === 'object' && given !== null && Object.hasOwn(given, kind)) ?? ''] ?? otherStep)

export const migrationSchema: v.GenericSchema<unknown, Migration> = v.strictObject({
  id: v.pipe(text, v.regex(/^[a-z0-9][a-z0-9.-]*$/, 'small letters, digits, dots and dashes')),
  from: text,
  to: text,
  summary: text,
  when: few(pattern),
  steps: few(step),
})
