/**
 * The one road in. Ways let somebody in by a credential; conditions are what everybody let in has to meet; whoever nobody
 * let in is a stranger, and some of those have something to ask for. All are tried in a fixed order. A refusal ends it at once, so a bad credential is never made good by another one
 * beside it. What nobody recognises is refused. Wrong credentials use up attempts, and whoever has none left is not
 * looked at: a secret that can be guessed is paid for before it is compared, any other when it was wrong.
 * The answer holds all that the credential holds: what a client asks for of it is the transport's to take.
 */
import type { AuthAnswer, AuthRequest, MaybePromise } from 'nexus-gateway/sdk'
import type { AttemptsApi } from '../limits/contract.ts'
import { rateLimited, refusals, type Refusal } from './refusals.ts'
import { sourceOf } from './source.ts'

/** `undefined`: the request has nothing for this layer. */
export type Layer = (request: AuthRequest) => MaybePromise<AuthAnswer | undefined>

export interface Way {
  readonly name: string
  /** Whether to look at this request is a try at something that can be guessed, or that takes long to compare. */
  readonly guesses?: (request: AuthRequest) => boolean
  readonly admit: Layer
}

export interface Road {
  readonly ways: readonly Way[]
  readonly conditions: readonly Way[]
  readonly strangers?: readonly Way[]
  /** Nothing limits attempts without it. */
  readonly attempts: AttemptsApi | undefined
}

export function authenticate(request: AuthRequest, road: Road): MaybePromise<AuthAnswer> {
  return then(ask(road, road.ways, request), (admitted) => {
    if (!admitted) return then(ask(road, road.strangers ?? [], request), (answer) => answer ?? refusals.tokenMissing)
    if (!admitted.ok) return admitted
    return then(ask(road, road.conditions, request), (met) => (met && !met.ok ? met : admitted))
  })
}

/** The first refusal of any; without one the first admission. */
function ask(road: Road, ways: readonly Way[], request: AuthRequest, from = 0, admitted?: AuthAnswer): MaybePromise<AuthAnswer | undefined> {
  for (let i = from; i < ways.length; i++) {
    const answer = tried(road, ways[i] as Way, request)
    if (isPromise(answer)) return answer.then((a) => (a && !a.ok ? a : ask(road, ways, request, i + 1, admitted ?? a)))
    if (answer && !answer.ok) return answer
    admitted ??= answer
  }
  return admitted
}

function tried({ attempts }: Road, way: Way, request: AuthRequest): MaybePromise<AuthAnswer | undefined> {
  if (!attempts) return way.admit(request)
  const paid = way.guesses?.(request) ? attempts.take(budgetOf(request)) : undefined
  if (paid?.ok === false) return rateLimited(paid.retryAfterMs)
  const answer = way.admit(request)
  // Most ways have nothing to say about most requests.
  if (answer === undefined && !paid) return undefined
  return then(answer, (given) => {
    if (given && !given.ok) return paid ? given : charged(attempts, request, given)
    paid?.refund()
    return given
  })
}

/** What was missing, or waits for somebody to agree, was no try at anything. */
function charged(attempts: AttemptsApi, request: AuthRequest, refusal: Refusal): Refusal {
  if (refusal.code === refusals.tokenMissing.code || refusal.wire === 'NOT_PAIRED') return refusal
  const taken = attempts.take(budgetOf(request))
  return taken.ok ? refusal : rateLimited(taken.retryAfterMs)
}

/** The local socket has a budget of its own. */
const budgetOf = ({ listener, remote }: AuthRequest): string => (listener === 'unix' ? 'unix' : sourceOf(remote))

const isPromise = <T>(value: MaybePromise<T>): value is Promise<T> => value instanceof Promise
const then = <A, B>(value: MaybePromise<A>, next: (value: A) => MaybePromise<B>): MaybePromise<B> => (isPromise(value) ? value.then(next) : next(value))
