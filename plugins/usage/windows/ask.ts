/** One question to a provider's own address, by the guarded fetch, answered in JSON. Nothing that the provider says gets into an error. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Cause } from 'nexus-gateway/sdk'
import type { FetchApi } from '../../outbound/contract.ts'

const mostBytes = 256 * 1024
const named = 'UsageProblem'

/** An error whose text may be shown: a sentence of our own, without anything that was received. */
export function usageProblem(text: string): Error {
  return Object.assign(new Error(text), { name: named })
}
export const problemIn = (error: unknown): string | undefined => (error instanceof Error && error.name === named ? error.message : undefined)

export interface UsageQuestion {
  readonly url: string
  /** With the credential. */
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly cause: Cause
}

/** The answer as JSON of any shape. Rejects with a `usageProblem`. */
export async function askUsage(web: FetchApi | undefined, { url, headers, signal, cause }: UsageQuestion): Promise<unknown> {
  if (!web) throw usageProblem('the plugin "outbound" asks for it, and is not turned on')
  let body: string
  try {
    const answer = await web.fetch(url, { headers: { accept: 'application/json', ...headers }, secretHeaders: Object.keys(headers), redirect: 'error', maxBytes: mostBytes, signal, cause })
    if (answer.status !== 200) {
      answer.cancel()
      throw usageProblem(answer.status === 401 || answer.status === 403 ? `it refused the credential (HTTP ${answer.status})` : `it answered with HTTP ${answer.status}`)
    }
    body = await answer.text()
  } catch (error) {
    if (problemIn(error) !== undefined || signal.aborted) throw error
    throw usageProblem(error instanceof NexusError ? reasons[error.code] ?? 'it could not be asked' : 'it could not be asked')
  }
  try {
    return JSON.parse(body)
  } catch {
    throw usageProblem('its answer is no JSON')
  }
}

const reasons: Readonly<Record<string, string>> = {
  NEXUS_OUTBOUND_BLOCKED: 'its address is none of the public web: see `outbound.allow`',
  NEXUS_OUTBOUND_REFUSED: 'a policy does not let it be asked',
  NEXUS_OUTBOUND_TOO_LARGE: 'its answer is too large',
  NEXUS_OUTBOUND_REDIRECT: 'it answered with a redirect',
  NEXUS_OUTBOUND_TIMEOUT: 'no answer in time',
}
