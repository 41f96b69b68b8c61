/** A built gateway, the official client of it, and an OpenAI-compatible server behind it: everything over real connections. */
import { createServer, request as send } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readFile, writeFile } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import * as v from 'valibot'
import { started, stateDir } from '../kernel/cli/spawn.ts'
import type { Started } from '../kernel/cli/spawn.ts'
import { startOpenAiServer } from '../fixtures/openai-server.ts'
import type { MockBody, MockReply, MockServer } from '../fixtures/openai-server.ts'

export interface System extends AsyncDisposable {
  readonly url: string
  /** With the key of the owner. */
  readonly client: OpenAI
  readonly key: string
  /** The server behind the gateway: the only place on this machine that the gateway may fetch from. */
  readonly origin: string
  readonly upstream: MockServer
  /** What the server was asked for vectors. */
  readonly embedded: Record<string, unknown>[]
  readonly gateway: Started
  /** As another caller, or with other settings; without retries unless they are asked for. */
  as(apiKey: string, more?: { readonly maxRetries?: number; readonly defaultHeaders?: Record<string, string> }): OpenAI
  rpc(method: string, params: unknown): Promise<unknown>
  token(name: string, scopes: readonly string[], agent?: string): Promise<string>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
}

export type Case = readonly [name: string, run: (system: System) => Promise<void>]
/** Streaming or not is said where it is sent. */
type Create = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'stream'>

const hi = [{ role: 'user', content: 'hi' }] as const
export const body = (more: Partial<Create> = {}): Create => ({ model: 'nexus', messages: [...hi], ...more })
export const reply = (input: string) => ({ model: 'nexus', input })
export const place = { type: 'object', properties: { place: { type: 'string' } }, required: ['place'], additionalProperties: false }
export const weather = { type: 'function', function: { name: 'weather', description: 'Of a place.', parameters: place } } as const
export const weatherTool = { type: 'function', name: 'weather', description: 'Of a place.', parameters: place, strict: true } as const
export const asks: MockReply = { tools: [{ name: 'weather', args: { place: 'Oslo' } }] }
export const asksTwice: MockReply = { text: ['Let me see.'], tools: [{ name: 'weather', args: { place: 'Oslo' } }, { name: 'weather', args: { place: 'Bergen' } }] }
/** Ten seconds. */
export const slow: MockReply = { text: Array.from({ length: 400 }, (_, n) => `${n} `), delayMs: 25 }
export const City = v.object({ city: v.string(), people: v.number() })
export const citySchema = { type: 'object', properties: { city: { type: 'string' }, people: { type: 'number' } }, required: ['city', 'people'], additionalProperties: false }

export const lastOf = <T>(all: readonly T[]): T => all.at(-1)!
export const lastAsked = ({ upstream }: System): MockBody => lastOf(upstream.requests).body
export const failed = async (work: PromiseLike<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> => {
  const error = await Promise.resolve(work).then(() => undefined, (thrown: unknown) => thrown)
  if (!(error instanceof OpenAI.APIError)) throw new Error(`no APIError: ${String(error)}`)
  return error
}
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}
export const until = async (met: () => boolean): Promise<void> => {
  while (!met()) await new Promise((resolve) => { setTimeout(resolve, 10) })
}
export const textOf = (chunks: readonly OpenAI.ChatCompletionChunk[]): string => chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
export const wholeText = ({ choices }: OpenAI.ChatCompletion): string | null | undefined => choices[0]?.message.content

export const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
export const dataUrl = `data:image/png;base64,${png.toString('base64')}`

const textIn = (content: unknown): string => (typeof content === 'string' ? content : Array.isArray(content) ? content.map(({ text = '[image]' }: { text?: string }) => text).join('') : '')
const echo = ({ messages }: MockBody): MockReply => ({ text: ['You said: ', textIn(messages.findLast(({ role }) => role === 'user')?.['content'])], usage: { prompt: 11, completion: 3, cached: 4 } })

/** What the fixture does not speak: vectors, and an image to be fetched. The rest goes on to it. */
async function front(mock: MockServer): Promise<{ url: string; embedded: Record<string, unknown>[]; close(): Promise<void> }> {
  const embedded: Record<string, unknown>[] = []
  const target = new URL(mock.url)
  async function vectors(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const bytes of request.setEncoding('utf8')) text += bytes
    const body = JSON.parse(text) as { input: string[]; dimensions?: number }
    embedded.push(body)
    const data = body.input.map((value, index) => ({ object: 'embedding', index, embedding: Array.from({ length: body.dimensions ?? 3 }, (_, n) => value.length + n / 8) }))
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data, model: 'm', usage: { prompt_tokens: 7, total_tokens: 7 } }))
  }
  const server = createServer((request, response) => {
    if (request.url === '/v1/embeddings') return void vectors(request, response)
    if (request.url === '/pixel.png') return void response.writeHead(200, { 'content-type': 'text/plain' }).end(png)
    const on = send({ host: target.hostname, port: target.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('error', () => response.destroy())
      answer.pipe(response)
    })
    on.on('error', () => response.destroy())
    response.on('close', () => on.destroy())
    request.pipe(on)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`, embedded,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export async function startSystem(): Promise<System> {
  const upstream = await startOpenAiServer({ key: 'sk-upstream', models: ['m1', 'm2'], reply: echo })
  const before = await front(upstream)
  const state = stateDir()
  await writeFile(join(state, 'nexus.json5'), JSON.stringify({
    'provider-openai-compatible': { baseUrl: `${before.url}/v1`, apiKey: 'sk-upstream', models: [{ id: 'm1', reasoning: true, input: ['text', 'image'] }, { id: 'm2' }, { id: 'vectors', kind: 'embedding' }] },
    models: { default: 'openai-compatible/m1', retry: { ratio: 0, spare: 0, maxWaitMs: 0 }, cooldowns: { minutes: [0.01], billingHours: 0.01, billingMaxHours: 0.01 } },
    agent: { defaults: { system: 'System.' }, agents: [{ id: 'main' }, { id: 'coder', model: 'openai-compatible/m2' }], queue: { cap: 1 } },
    outbound: { allow: [`127.0.0.1:${new URL(before.url).port}`] },
  }))
  const gateway = await started([], { state })
  const { url } = gateway.ready
  const owner = (await readFile(join(state, 'auth/token'), 'utf8')).trim()
  const as: System['as'] = (apiKey, more = {}) => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, timeout: 30_000, ...more })
  const post: System['post'] = (path, body, headers = {}) => fetch(`${url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${owner}`, 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  const rpc: System['rpc'] = async (method, params) => {
    const answer = await (await post('/rpc', { method, params })).json() as { ok: boolean; payload: unknown }
    if (!answer.ok) throw new Error(`${method}: ${JSON.stringify(answer)}`)
    return answer.payload
  }
  return {
    url, upstream, embedded: before.embedded, gateway, client: as(owner), key: owner, origin: before.url, as, post, rpc,
    token: async (name, scopes, agent) => (await rpc('tokens.create', { name, scopes, ...(agent !== undefined && { agent }) }) as { token: string }).token,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await before.close()
      await upstream.close()
      rmSync(state, { recursive: true, force: true })
    },
  }
}
