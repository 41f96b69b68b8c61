/** Asks a model server, before anything is written, what models it has and whether it takes the key. */
import { fail } from './errors.ts'
import type { Choice } from './choices.ts'

export interface Server { readonly choice: Choice; readonly url: string; readonly key?: string | undefined }
export interface Listed { readonly models: readonly string[]; /** Up to and with the version, where it was found to be another one. */ readonly url: string }

const answerMs = 10_000
const knockMs = 1_500
const mostBytes = 8 * 1024 * 1024
const mostModels = 2_000
const mostName = 256

/** Throws NEXUS_INIT_UNREACHABLE, _WRONG_KEY, _ANSWER; none of them holds what the server said. */
export async function listModels(server: Server, signal: AbortSignal): Promise<Listed> {
  const { choice, url } = server
  const found = await listed(server, signal)
  if (choice.keyPath !== undefined) await asked(server, `${url}${choice.keyPath}`, signal)
  if (found !== undefined) return { url, models: found }
  // The version is easily forgotten.
  const versioned = /\/v\d\w*$/.test(url) ? undefined : await listed({ ...server, url: `${url}/v1` }, signal)
  if (versioned === undefined) throw fail('NEXUS_INIT_ANSWER', { place: placeOf(server), why: 'what it says is no list of models' })
  return { url: `${url}/v1`, models: versioned }
}

/** Nothing where there is none. */
async function listed(server: Server, signal: AbortSignal): Promise<string[] | undefined> {
  const query = { openai: '', anthropic: '?limit=1000', google: '?pageSize=1000', none: '' }[server.choice.wire]
  const answer = await asked(server, `${server.url}/models${query}`, signal, [404, 405])
  return answer === undefined ? undefined : modelsIn(answer)
}

/** OpenAI's and Anthropic's `data`, Google's `models`. */
function modelsIn(answer: unknown): string[] | undefined {
  const { data, models } = (typeof answer === 'object' && answer !== null ? answer : {}) as { data?: unknown; models?: unknown }
  const all = Array.isArray(data) ? data : Array.isArray(models) ? models : undefined
  return all?.slice(0, mostModels).flatMap((one: unknown) => {
    const { id, name, supportedGenerationMethods: can } = (typeof one === 'object' && one !== null ? one : {}) as { id?: unknown; name?: unknown; supportedGenerationMethods?: unknown }
    if (Array.isArray(can) && !can.includes('generateContent')) return []
    const text = typeof id === 'string' ? id : typeof name === 'string' ? name.replace(/^models\//, '') : ''
    return text !== '' && text.length <= mostName && !/\p{Cc}/u.test(text) ? [text] : []
  })
}

/** The answer's JSON; nothing for a status among `none`, or what is no JSON. */
async function asked(server: Server, url: string, signal: AbortSignal, none: readonly number[] = []): Promise<unknown> {
  const place = placeOf(server)
  const response = await fetch(url, { headers: headersFor(server), redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]) }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw fail('NEXUS_INIT_UNREACHABLE', { place, ...reasonFor(error, server.choice) }, error)
  })
  const { status } = response
  try {
    if (status === 401 || status === 403) throw server.key === undefined ? fail('NEXUS_INIT_NO_KEY', { title: place, page: pageOf(server.choice) }) : fail('NEXUS_INIT_WRONG_KEY', { place, status, page: pageOf(server.choice) })
    // Google's word for a key that it does not know.
    if (status === 400 && server.choice.wire === 'google') throw fail('NEXUS_INIT_WRONG_KEY', { place, status, page: pageOf(server.choice) })
    if (none.includes(status)) return undefined
    if (!response.ok) throw fail('NEXUS_INIT_ANSWER', { place, why: `HTTP ${status}` })
    return json(await textOf(response))
  } finally {
    await response.body?.cancel().catch(() => {}) // read to its end, or not wanted
  }
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of response.body ?? []) if ((text += decoder.decode(bytes, { stream: true })).length > mostBytes) return ''
  return text
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a page, most likely: no list
  }
}

function headersFor({ choice: { wire }, key }: Server): Record<string, string> {
  if (wire === 'anthropic') return { 'anthropic-version': '2023-06-01', ...(key !== undefined && { 'x-api-key': key }) }
  if (key === undefined) return {}
  return wire === 'google' ? { 'x-goog-api-key': key } : { authorization: `Bearer ${key}` }
}

/** The host, and nothing else of the address. */
export const placeOf = ({ url, choice }: Pick<Server, 'url' | 'choice'>): string => (choice.url === url ? choice.title : `the server at ${new URL(url).host}`)
export const pageOf = ({ keyPage }: Choice): string => (keyPage === undefined ? '' : `Keys are made at ${keyPage}. `)

const reasons: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  ECONNREFUSED: ['nothing listens there', 'Start the server, or look at host and port.'],
  ENOTFOUND: ['there is no such host', 'Look at the address, and whether this machine is on the network.'],
  EAI_AGAIN: ['names cannot be looked up', 'Look whether this machine is on the network.'],
  ECONNRESET: ['the connection was cut', 'Try again; look whether the address wants http: or https:.'],
  ENETUNREACH: ['there is no network', 'Look whether this machine is on the network.'],
  EHOSTUNREACH: ['there is no way to that host', 'Look at the address, and whether this machine is on the network.'],
  ETIMEDOUT: ['it does not answer', 'Look at the address and at firewalls.'],
}

function reasonFor(error: unknown, { start }: Choice): { why: string; hint: string } {
  const { name, cause } = error as { name?: string; cause?: { code?: string; message?: string } }
  if (name === 'TimeoutError') return { why: `no answer within ${answerMs / 1_000} s`, hint: 'Look at the address and at firewalls.' }
  if (/redirect/.test(cause?.message ?? '')) return { why: 'it sends elsewhere', hint: 'Give the address that it sends to; a key is not carried along.' }
  const [why, hint] = reasons[cause?.code ?? ''] ?? (/^(CERT|ERR_TLS|DEPTH|SELF|UNABLE)/.test(cause?.code ?? '') ? ['its certificate is not trusted here', 'Set NODE_EXTRA_CA_CERTS to the file of its authority.'] : ['the connection failed', 'Look at the address; it may want https: or http:.'])
  return { why, hint: start !== undefined && cause?.code === 'ECONNREFUSED' ? start : hint }
}

/** Those that answer on their ports of this machine, with how many models they have. */
export async function localServers(all: readonly Choice[], signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const found = await Promise.all(all.filter(({ local }) => local).map(async (choice) => {
    const models = await listed({ choice, url: choice.url! }, AbortSignal.any([signal, AbortSignal.timeout(knockMs)])).catch(() => undefined /* nobody there, or somebody else */)
    return models === undefined ? [] : [[choice.id, models.length] as const]
  }))
  return new Map(found.flat())
}
