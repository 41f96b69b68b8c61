/** What can be wrong with a plugin, as data, and the generators of it. */
import fc from 'fast-check'

export interface Behaviour {
  readonly load: 'ok' | 'throws' | 'hangs' | 'differs'
  readonly setup: 'ok' | 'slow' | 'throws' | 'rejects' | 'hangs' | 'forgets' | 'adds'
  /** In the order of registration. */
  readonly disposers: readonly ('ok' | 'slow' | 'throws' | 'rejects' | 'hangs')[]
  readonly loop: 'none' | 'heeds' | 'ignores' | 'throws'
  readonly tap: 'ok' | 'slow' | 'throws'
}

/** A plugin's place in the installation: it requires and wishes for plugins with a smaller index, so there are no cycles. */
export interface Node {
  readonly requires: readonly number[]
  readonly wishes: readonly number[]
  readonly exclusive: boolean
}

/** `slow` ends by itself, `wait` when it is aborted, `hang` never. `leave` and `restart` do it to their own plugin. */
export type Verb = 'who' | 'slow' | 'wait' | 'hang' | 'fail' | 'ask' | 'chain' | 'leave' | 'restart'

export type Op =
  | { readonly op: 'load' | 'edit'; readonly at: number; readonly behaviour: Behaviour }
  | { readonly op: 'unload' | 'reload'; readonly at: number }
  | { readonly op: 'configure'; readonly at: number; readonly value: number }
  | { readonly op: 'call'; readonly at: number; readonly verb: Verb }
  | { readonly op: 'tick' }
/** `apart`: the next step begins before this one has ended. */
export type Step = Op & { readonly apart: boolean }
export interface Scenario { readonly nodes: readonly Node[]; readonly steps: readonly Step[] }

export const sound: Behaviour = { load: 'ok', setup: 'ok', disposers: ['ok', 'ok'], loop: 'heeds', tap: 'ok' }

const mostly = <T>(good: T, ...bad: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(good) }, { weight: 2, arbitrary: fc.constantFrom(good, ...bad) })

export const behaviour = (faulty = true): fc.Arbitrary<Behaviour> => fc.record({
  load: faulty ? mostly<Behaviour['load']>('ok', 'throws', 'hangs', 'differs') : fc.constant('ok'),
  setup: faulty ? mostly<Behaviour['setup']>('ok', 'slow', 'throws', 'rejects', 'hangs', 'forgets', 'adds') : fc.constant('ok'),
  disposers: fc.array(faulty ? mostly<Behaviour['disposers'][number]>('ok', 'slow', 'throws', 'rejects', 'hangs') : fc.constantFrom('ok', 'slow'), { maxLength: 4 }),
  loop: faulty ? mostly<Behaviour['loop']>('heeds', 'none', 'ignores', 'throws') : fc.constantFrom('heeds', 'none'),
  tap: faulty ? mostly<Behaviour['tap']>('ok', 'slow', 'throws') : fc.constantFrom('ok', 'slow'),
})

export const nodes = (most = 5): fc.Arbitrary<Node[]> =>
  fc.array(fc.record({ up: fc.array(fc.nat(99), { maxLength: 2 }), soft: fc.array(fc.nat(99), { maxLength: 2 }), exclusive: fc.nat(4) }), { minLength: 2, maxLength: most })
    .map((all) => all.map(({ up, soft, exclusive }, i) => {
      const below = (picks: readonly number[]): number[] => (i === 0 ? [] : [...new Set(picks.map((pick) => pick % i))])
      const requires = below(up)
      return { requires, wishes: below(soft).filter((j) => !requires.includes(j)), exclusive: exclusive === 0 }
    }))

const verbs: fc.Arbitrary<Verb> = fc.constantFrom('who', 'who', 'slow', 'slow', 'wait', 'hang', 'fail', 'ask', 'chain', 'leave', 'restart')

export function step(at: fc.Arbitrary<number>, faulty = true): fc.Arbitrary<Step> {
  const apart = fc.boolean()
  const changes = behaviour(faulty)
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ op: fc.constant('load' as const), at, behaviour: changes, apart }) },
    { weight: 3, arbitrary: fc.record({ op: fc.constant('edit' as const), at, behaviour: changes, apart }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('unload' as const, 'reload' as const), at, apart }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('configure' as const), at, value: fc.nat(9), apart }) },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('call' as const), at, verb: verbs, apart }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('tick' as const), apart }) },
  )
}

export function scenario({ faulty = true, length = 12 } = {}): fc.Arbitrary<Scenario> {
  return nodes().chain((all) => {
    return fc.record({ nodes: fc.constant(all), steps: fc.array(step(fc.nat(all.length - 1), faulty), { minLength: Math.min(5, length), maxLength: length }) })
  })
}
