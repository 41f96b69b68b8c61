/**
 * The one road in. Ways let somebody in by a credential; conditions are what everybody let in has to meet.
 * Both are tried in a fixed order. A refusal ends it at once, so a bad credential is never made good by another one
 * beside it. What nobody recognises is refused. The answer holds all that the credential holds: what a client asks for of
 * it is the transport's to take.
 */
import type { AuthAnswer, AuthRequest, MaybePromise } from 'nexus-gateway/sdk'
import { refusals } from './refusals.ts'

/** `undefined`: the request has nothing for this layer. */
export type Layer = (request: AuthRequest) => MaybePromise<AuthAnswer | undefined>

export function authenticate(request: AuthRequest, ways: readonly Layer[], conditions: readonly Layer[]): MaybePromise<AuthAnswer> {
  return then(ask(ways, request), (admitted) => {
    if (!admitted) return refusals.tokenMissing
    if (!admitted.ok) return admitted
    return then(ask(conditions, request), (met) => (met && !met.ok ? met : admitted))
  })
}

/** The first refusal of any layer; without one the first admission. */
function ask(layers: readonly Layer[], request: AuthRequest, from = 0, admitted?: AuthAnswer): MaybePromise<AuthAnswer | undefined> {
  for (let i = from; i < layers.length; i++) {
    const answer = layers[i]?.(request)
    if (isPromise(answer)) return answer.then((a) => (a && !a.ok ? a : ask(layers, request, i + 1, admitted ?? a)))
    if (answer && !answer.ok) return answer
    admitted ??= answer
  }
  return admitted
}

const isPromise = <T>(value: MaybePromise<T>): value is Promise<T> => value instanceof Promise
const then = <A, B>(value: MaybePromise<A>, next: (value: A) => MaybePromise<B>): MaybePromise<B> => (isPromise(value) ? value.then(next) : next(value))
