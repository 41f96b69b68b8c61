/** What a redirect leads to. Pure. */
import { fail } from './errors.ts'
import { asGet, withoutSecrets } from './request.ts'
import type { Message } from './request.ts'
import { sameOrigin, targetOf } from './target.ts'
import type { Target } from './target.ts'

const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

export const isRedirect = (status: number, location: string | undefined): location is string => statuses.has(status) && location !== undefined

export interface Step { readonly target: Target; readonly message: Message }

/**
 * A body goes to the origin it was meant for and to no other. What was left out once does not come back, even if a later
 * redirect leads home.
 * @throws NEXUS_OUTBOUND_REDIRECT, and NEXUS_OUTBOUND_URL for a location that cannot be used
 */
export function nextStep({ target, message }: Step, status: number, location: string, rules: { readonly downgrade: boolean; readonly secret: ReadonlySet<string> }): Step {
  // Node reads headers as Latin-1; those who send more than ASCII send UTF-8.
  const next = targetOf(Buffer.from(location, 'latin1').toString(), target.url)
  if (target.url.protocol === 'https:' && next.url.protocol === 'http:' && !rules.downgrade) throw refused('it leads from https to http')
  const sent = becomesGet(status, message.method) ? asGet(message) : message
  if (sameOrigin(target, next)) return { target: next, message: sent }
  if (sent.body !== undefined) throw refused('it leads the body of the request to another origin')
  return { target: next, message: withoutSecrets(sent, rules.secret) }
}

const becomesGet = (status: number, method: string): boolean => (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST')

const refused = (reason: string) => fail('NEXUS_OUTBOUND_REDIRECT', { reason })
