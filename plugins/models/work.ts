/** Something that models are asked for, whatever it is: an answer piece by piece, or vectors of texts. */
import type { Attempt } from './attempt.ts'
import type { Candidate } from './candidates.ts'
import type { Bounds } from './control.ts'
import type { ModelRequest } from './request.ts'
import type { ModelSpec } from './spec.ts'
import type { ModelUsage } from './usage.ts'

export type About = Pick<ModelRequest, 'provider' | 'model' | 'fallbacks' | 'account' | 'sessionKey' | 'runId' | 'agentId' | 'cause' | 'ready' | 'signal'>

export interface Work<T> {
  readonly about: About
  estimate(spec: ModelSpec): Attempt['estimate']
  /** One try within `bounds`. `heard`: the caller has got a piece of so many characters, so nobody else may answer any more. Rejects with a failure of the provider's. */
  ask(candidate: Candidate, bounds: Bounds, heard: (characters: number) => void): Promise<Answered<T>>
  /** What the caller gets who has aborted before anybody was asked. */
  aborted(): T
}

export interface Answered<T> {
  readonly value: T
  /** Left out where the provider does not count. */
  readonly usage?: ModelUsage
  readonly aborted: boolean
}

export interface Outcome<T> {
  readonly value: T
  readonly account?: string
  /** When it was more than one. */
  readonly attempts?: number
}
