/** A call of the gateway as the plugin's handlers are given it, and what it leaves behind in the things made from it. */
import type { Call, Caller, Cause, Connection } from 'nexus-gateway/sdk'
import { toFailure } from '../wire/failure.ts'
import type { CallData, CallerData, CauseData, CauseHandle } from '../wire/call.ts'
import type { Asked, Link } from '../wire/link.ts'

/** On every caller, where `lowered` and the like copy it along: whom the gateway knows it as. `null` is the plugin itself. */
const known = Symbol('known to the gateway as')
type Known = Caller & { readonly [known]?: number | null }

export function callerOf({ scopes, ...rest }: CallerData, number: number | null): Caller {
  return { ...rest, scopes: new Set(scopes), [known]: number } as Caller
}

/** One that was lent. */
export const causeOf = ({ caller, trace, path, number }: CauseData): Cause => ({ caller: callerOf(caller, number), trace, path })

/** For somebody made up there is none. */
export function handleOf({ caller }: Cause): CauseHandle | undefined {
  const { [known]: number, label } = caller as Known
  if (number === undefined) return undefined
  return { ...(number !== null && { call: number }), label }
}

/** One is made for every call, and most handlers look at little of it: the rest is made when it is looked at. */
export class GatewayCall implements Call {
  readonly plugin: string
  private readonly data: CallData
  private readonly asked: Asked
  private readonly link: Link
  private theCaller: Caller | undefined
  private heeded: boolean

  /** `asked.id` is what the gateway knows it as. */
  constructor(data: CallData, plugin: string, asked: Asked, link: Link) {
    this.plugin = plugin
    this.data = data
    this.asked = asked
    this.link = link
    this.theCaller = undefined
    this.heeded = false
  }

  get id(): string { return this.data.id }
  get verb(): string { return this.data.verb }
  get transport(): Call['transport'] { return this.data.transport }
  get trace(): string { return this.data.trace }
  get path(): readonly string[] { return this.data.path }
  get limit(): Call['limit'] { return this.data.limit }
  get caller(): Caller { return this.theCaller ??= callerOf(this.data.caller, this.asked.id) }

  get connection(): Connection | undefined {
    const { connection } = this.data
    return connection && { ...connection, caller: callerOf(connection['caller'] as CallerData, this.asked.id) } as unknown as Connection
  }

  /** Followed by the gateway from the first look at it. */
  get signal(): AbortSignal {
    if (!this.heeded) this.link.say('heed', this.asked.id)
    this.heeded = true
    return this.asked.signal
  }

  waitUntil(work: Promise<unknown>): void {
    this.link.say('hold', this.asked.id)
    const done = (): void => this.link.say('release', this.asked.id)
    work.then(done, (error: unknown) => {
      this.link.say('fault', { where: this.verb, failure: toFailure(error) })
      done()
    })
  }
}
