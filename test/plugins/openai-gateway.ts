/** The `/v1` surface on a real listener, with a scripted provider behind it. */
import type { AuthAnswer, Caller, Plugin } from 'nexus-gateway/sdk'
import { connectionAuthenticate, definePlugin } from 'nexus-gateway/sdk'
import OpenAI from 'openai'
import { createGateway } from '../../kernel/gateway/gateway.ts'
import openaiPlugin from '../../plugins/openai/index.ts'
import { agentKernel } from './agent-fakes.ts'
import type { Bench, Script } from './agent-fakes.ts'

export interface Served extends Bench {
  readonly url: string
  readonly client: OpenAI
  /** A request by hand, with a good token unless `headers` say otherwise. */
  post(body: unknown, headers?: Record<string, string>, signal?: AbortSignal, path?: 'chat/completions' | 'responses' | 'embeddings'): Promise<Response>
}

const tokens: Readonly<Record<string, readonly string[]>> = { good: ['operator.read', 'operator.write'], other: ['operator.read', 'operator.write'], coder: ['operator.read', 'operator.write'], reader: ['operator.read'] }

/** Knows a few tokens: `good` and `other` may read and write, `coder` only with the agent of that name, `reader` may read. */
export const doorman = definePlugin({
  id: 'doorman',
  capabilities: ['tap:connection.authenticate'],
  setup(ctx) {
    ctx.tap(connectionAuthenticate, ({ token }): AuthAnswer => {
      const scopes = tokens[token ?? '']
      const caller: Caller = { id: token === 'good' ? 'test' : token ?? '', role: 'operator', scopes: new Set(scopes), label: 'operator', ...(token === 'coder' && { bounds: { agent: 'coder' } }) }
      return scopes ? { ok: true, caller } : { ok: false, code: 'AUTH_TOKEN_MISMATCH', message: 'no' }
    })
  },
})

export async function serve(script: Script, use: (served: Served) => Promise<void>, more: { readonly plugins?: readonly Plugin[]; readonly config?: Record<string, unknown>; readonly deadlines?: object; readonly clock?: 'fake' } = {}): Promise<void> {
  const bench = await agentKernel(script, { clock: 'real', ...more, plugins: [openaiPlugin, doorman, ...more.plugins ?? []] })
  const gateway = createGateway(bench.k.kernel)
  try {
    const { url } = await gateway.listen({ port: 0 })
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'good', maxRetries: 2 })
    const post: Served['post'] = (body, headers = {}, signal, path = 'chat/completions') => fetch(`${url}/v1/${path}`, {
      method: 'POST', headers: { Authorization: 'Bearer good', 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body), ...(signal ? { signal } : {}),
    })
    await use({ ...bench, url: url!, client, post })
  } finally {
    await gateway.close()
    await bench.k.close()
  }
}
