/** Random plugins in processes of their own and what is done to them, as data: what the trusted tier is put through, and what only a process can suffer. */
import fc from 'fast-check'
import { behaviour, nodes, type Behaviour, type Node, type Verb as AnyVerb } from './behaviour.ts'

/** `crash` ends its own process. What steers the gateway is out of reach there, so `leave` and `restart` ask a trusted plugin for it. */
export type Verb = AnyVerb | 'crash'
/** `stub`: the whole manifest is found out by running the code. */
export interface Home extends Node { readonly stub: boolean }

export type Op =
  | { readonly op: 'load' | 'edit'; readonly at: number; readonly behaviour: Behaviour }
  | { readonly op: 'unload' | 'reload'; readonly at: number }
  | { readonly op: 'configure'; readonly at: number; readonly value: number }
  | { readonly op: 'call'; readonly at: number; readonly verb: Verb }
  /** SIGKILL from outside, in the middle of whatever it does. */
  | { readonly op: 'kill'; readonly at: number }
  /** The plugin that keeps all the processes is itself made anew. */
  | { readonly op: 'shake' }
  | { readonly op: 'tick' }
/** `apart`: the next step begins before this one has ended. */
export type Step = Op & { readonly apart: boolean }

/** What is done with it once it has gone quiet, at one plugin picked by chance. */
export type Finale = 'bad edit' | 'good edit' | 'same set' | 'nothing kept'
export interface Scenario {
  readonly nodes: readonly Home[]
  readonly steps: readonly Step[]
  readonly finale: Finale
  readonly pick: number
  /** bubblewrap around each process, where this machine allows it. */
  readonly walled: boolean
}

export const bad: readonly Partial<Behaviour>[] = [{ load: 'throws' }, { load: 'differs' }, { setup: 'throws' }, { setup: 'rejects' }, { setup: 'forgets' }, { setup: 'adds' }, { load: 'hangs' }, { setup: 'hangs' }]

const verbs: fc.Arbitrary<Verb> = fc.constantFrom('who', 'who', 'slow', 'slow', 'wait', 'hang', 'fail', 'ask', 'chain', 'leave', 'restart', 'crash')

/** What hangs costs whole seconds of waiting here, so less of it is asked for. */
const seldom = behaviour().chain((made) => fc.nat(2).map((n) => (n === 0 ? made : { ...made, load: made.load === 'hangs' ? 'throws' : made.load, setup: made.setup === 'hangs' ? 'throws' : made.setup } satisfies Behaviour)))

function step(at: fc.Arbitrary<number>): fc.Arbitrary<Step> {
  const apart = fc.boolean()
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ op: fc.constant('load' as const), at, behaviour: seldom, apart }) },
    { weight: 4, arbitrary: fc.record({ op: fc.constant('edit' as const), at, behaviour: seldom, apart }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('unload' as const), at, apart }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('reload' as const), at, apart }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('configure' as const), at, value: fc.nat(9), apart }) },
    { weight: 8, arbitrary: fc.record({ op: fc.constant('call' as const), at, verb: verbs, apart }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('kill' as const), at, apart }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('shake' as const), apart }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('tick' as const), apart }) },
  )
}

export const scenario: fc.Arbitrary<Scenario> = nodes(3).chain((all) => fc.record({
  nodes: fc.tuple(...all.map((node) => fc.nat(5).map((n) => ({ ...node, stub: n === 0 })))),
  steps: fc.array(step(fc.nat(all.length - 1)), { minLength: 2, maxLength: 6 }),
  finale: fc.constantFrom<Finale>('bad edit', 'good edit', 'same set', 'nothing kept'),
  pick: fc.nat(99),
  walled: fc.nat(9).map((n) => n === 0),
}))
