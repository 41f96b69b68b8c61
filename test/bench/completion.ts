/** The least client of `/v1/chat/completions`, and a gateway whose only provider is the mock. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request, type Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNexus, type Running } from './processes.ts'

export interface Asked { readonly port: number; readonly token: string; readonly model: string; readonly stream: boolean }
/** Milliseconds until the first word of the answer, and until all of it. */
export interface Timed { readonly firstMs: number; readonly wholeMs: number }

/** Rejects for any answer but a whole one. */
export function complete(agent: Agent, { port, token, model, stream }: Asked): Promise<Timed> {
  const body = JSON.stringify({ model, stream, ...(stream && { stream_options: { include_usage: true } }), messages: [{ role: 'user', content: 'hello' }] })
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: `Bearer ${token}` }
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, agent, method: 'POST', path: '/v1/chat/completions', headers }, (answer) => {
      let firstMs = 0
      let tail = ''
      answer.on('data', (chunk: Buffer) => {
        const text = chunk.toString('latin1')
        if (firstMs === 0 && /"content":"\w/.test(text)) firstMs = performance.now() - started
        tail = (tail + text).slice(-400)
      })
      answer.on('error', reject)
      answer.on('end', () => {
        const whole = answer.statusCode === 200 && firstMs > 0 && (stream ? tail.includes('[DONE]') : tail.includes('"usage"'))
        if (whole) resolve({ firstMs, wholeMs: performance.now() - started })
        else reject(new Error(`answer ${answer.statusCode}: ${tail}`))
      })
    })
    asked.on('error', (error) => reject(new Error(`no answer of the server on port ${port}`, { cause: error })))
    asked.end(body)
  })
}

/** With all that comes by default, and policies that every call has to pass. */
export async function gatewayOn(mock: Running, model: string): Promise<Running> {
  const state = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  await writeFile(join(state, 'nexus.json5'), JSON.stringify({
    'provider-openai-compatible': { baseUrl: `http://127.0.0.1:${mock.port}/v1`, models: [{ id: 'm1' }, { id: 'paced' }] },
    agent: { defaults: { model: `openai-compatible/${model}`, tools: { profile: 'coding' } } },
    tools: { deny: ['exec*'], byProvider: { 'openai-compatible': { deny: ['group:runtime'] } }, approval: ['effect:execute'] },
  }))
  const nexus = await startNexus({ state })
  return {
    ...nexus,
    async [Symbol.asyncDispose]() {
      await nexus[Symbol.asyncDispose]()
      await rm(state, { recursive: true, force: true })
    },
  }
}
