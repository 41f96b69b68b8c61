/** Responses that are kept: whose they are, how they are continued, and how many there are. */
import { describe, expect, it } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import type { Caller } from 'nexus-gateway/sdk'
import { Store } from '../../plugins/store/contract.ts'
import type { StoreApi } from '../../plugins/store/contract.ts'
import type { ModelRequest } from '../../plugins/models/contract.ts'
import { failOpenai, shapeOf } from '../../plugins/openai/errors.ts'
import { createKept } from '../../plugins/openai/responses/kept.ts'
import type { KeptResponse } from '../../plugins/openai/responses/kept.ts'
import { finished, says } from './agent-fakes.ts'
import type { Script } from './agent-fakes.ts'
import { serve } from './openai-gateway.ts'
import { storeOn, temporaryDir } from './store-harness.ts'

const anna: Caller = { id: 'anna', role: 'operator', scopes: new Set(), label: 'operator' }
const ben: Caller = { ...anna, id: 'ben' }
const kept = (id: string, more: Partial<KeptResponse> = {}): KeptResponse => ({ response: { id, object: 'response', status: 'completed', output: [] }, agentId: 'main', at: 0, input: [], messages: [], ...more })
const day = 86_400_000
const stored = (store: StoreApi) => definePlugin({ id: 'stored', provides: { store: Store }, setup: () => ({ provides: { store } }) })

describe('what is kept', () => {
  it('is there for whoever made it, after a restart too, and for nobody else', async () => {
    const dir = await temporaryDir()
    const store = await storeOn(dir)
    const first = createKept(store)
    const id = (await first.place())!
    expect(id).toMatch(/^resp_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(await first.put(kept(id), anna)).toBe(true)
    await store.close()
    const again = createKept(await storeOn(dir))
    expect(await again.get(id, anna, 0)).toMatchObject({ response: { id } })
    expect([await again.get(id, ben, 0), await again.delete(id, ben), await again.get(id, { ...anna, role: 'node' }, 0)]).toEqual([undefined, false, undefined])
    expect([await again.delete(id, anna), await again.get(id, anna, 0), await again.delete(id, anna)]).toEqual([true, undefined, false])
  })

  it('is the newest thousand: each new one takes the place of the oldest, also across restarts and side by side', async () => {
    const dir = await temporaryDir()
    const store = await storeOn(dir)
    const ids: string[] = []
    for (let n = 0; n < 12; n++) {
      // Two generations of the plugin at once, each new every time.
      const [one, other] = [createKept(store), createKept(store)]
      const placed = await Promise.all(Array.from({ length: 64 }, (_, i) => (i % 2 ? one : other).place()))
      ids.push(...placed.map((id) => id!))
    }
    const places = ids.map((id) => id.slice(-4))
    expect(new Set(places).size).toBe(768)
    expect(places.every((place) => Number.parseInt(place, 16) < 1000)).toBe(true)
    const last = createKept(store)
    const old = ids[0]!
    await last.put(kept(old), anna)
    let id = ''
    for (let n = 0; n < 1000 && id.slice(-4) !== old.slice(-4); n++) id = (await last.place())!
    expect(id.slice(-4)).toBe(old.slice(-4))
    await last.put(kept(id), anna)
    expect([await last.get(old, anna, 0), (await last.get(id, anna, 0))?.response.id]).toEqual([undefined, id])
  })

  it('is forgotten after 30 days, and not kept at all when it is too large or the id is nobody\'s', async () => {
    const store = createKept(await storeOn(await temporaryDir()))
    const id = (await store.place())!
    await store.put(kept(id), anna)
    expect([(await store.get(id, anna, 30 * day))?.response.id, await store.get(id, anna, 30 * day + 1), await store.get(id, anna, 0)]).toEqual([id, undefined, undefined])
    expect(await store.put(kept(id, { messages: [{ role: 'user', content: 'x'.repeat(4 * 1024 * 1024) }] }), anna)).toBe(false)
    for (const wild of ['', 'resp_', '../../auth/token', `${id}/x`, `resp_${'0'.repeat(8)}-0000-0000-0000-${'f'.repeat(12)}`]) expect([await store.get(wild, anna, 0), await store.put(kept(wild), anna)]).toEqual([undefined, false])
  })

  it('is nothing without a store', async () => {
    const none = createKept(undefined)
    expect([await none.place(), await none.put(kept('resp_1'), anna), await none.get('resp_1', anna, 0), await none.delete('resp_1', anna)]).toEqual([undefined, false, undefined, false])
  })
})

describe('a response', () => {
  const asked: ModelRequest[] = []
  const script: Script = (request, emit) => {
    asked.push(request)
    return JSON.stringify(request.messages.at(-1)).includes('weather?') ? weathers(request, emit) : says('hello')(request, emit)
  }
  const weathers: Script = (_, emit) => {
    emit({ type: 'toolCall', id: 'c1', name: 'weather', arguments: {}, signature: '{"p":{"s":1}}' })
    return finished('toolUse')
  }
  const tools = [{ type: 'function', name: 'weather', parameters: { type: 'object', properties: {} } }]
  async function withStore(use: (served: Parameters<Parameters<typeof serve>[1]>[0] & { create(body: object, token?: string, headers?: object): Promise<{ id: string; store: boolean; error?: { code: string; param: string } }> }) => Promise<void>): Promise<void> {
    asked.length = 0
    const store = await storeOn(await temporaryDir())
    await serve(script, (served) => use({
      ...served,
      create: async (body, token = 'good', headers = {}) => (await served.post({ model: 'nexus', ...body }, { Authorization: `Bearer ${token}`, ...headers }, undefined, 'responses')).json() as never,
    }), { plugins: [stored(store)], config: { agent: { agents: [{ id: 'coder' }] } } })
  }

  it('is continued: what was said before need not be sent again, instructions have to be', () => withStore(async ({ create }) => {
    const first = await create({ input: [{ role: 'developer', content: 'Kind.' }, { role: 'user', content: 'one' }], instructions: 'Brief.' })
    const second = await create({ input: 'two', previous_response_id: first.id })
    await create({ input: 'three', previous_response_id: second.id })
    expect([first.store, second.store]).toEqual([true, true])
    expect(asked[2]!.messages.slice(1)).toEqual(['one', 'hello', 'two', 'hello', 'three'].map((text, n) => ({ role: n % 2 ? 'assistant' : 'user', content: [{ type: 'text', text }] })))
    const system = (n: number): string => JSON.stringify(asked[n]!.messages[0])
    expect([system(0).includes('Brief.'), system(1).includes('Brief.'), system(2).includes('Kind.')]).toEqual([true, false, true])
  }))

  it('with a call of a tool is continued with its output alone, the provider\'s mark on it', () => withStore(async ({ create }) => {
    const first = await create({ input: 'weather?', tools })
    await create({ input: [{ type: 'function_call_output', call_id: 'c1', output: 'rain' }], tools, previous_response_id: first.id })
    expect(asked[1]!.messages.slice(-2)).toEqual([
      { role: 'assistant', content: [{ type: 'toolCall', id: 'c1', name: 'weather', arguments: {}, signature: '{"p":{"s":1}}' }] },
      { role: 'toolResult', toolCallId: 'c1', toolName: 'weather', content: [{ type: 'text', text: 'rain' }] },
    ])
  }))

  it('is read, its input too, and deleted; streamed ones as well', () => withStore(async ({ client, create, post }) => {
    const first = await create({ input: [{ role: 'user', content: 'one' }, { role: 'user', content: 'two' }] })
    expect(await client.responses.retrieve(first.id)).toMatchObject(first)
    expect((await client.responses.inputItems.list(first.id)).data).toMatchObject([{ content: 'two' }, { content: 'one', type: 'message', id: `item_0_${first.id}` }])
    expect((await client.responses.inputItems.list(first.id, { order: 'asc' })).data).toMatchObject([{ content: 'one' }, { content: 'two' }])
    await expect(client.responses.retrieve(first.id, { stream: true })).rejects.toMatchObject({ status: 400, param: 'stream' })
    await client.responses.delete(first.id)
    for (const gone of [() => client.responses.retrieve(first.id), () => client.responses.delete(first.id), () => client.responses.inputItems.list(first.id)]) await expect(gone()).rejects.toMatchObject({ status: 404, code: 'NEXUS_OPENAI_RESPONSE', param: 'response_id' })
    const streamed = await (await post({ model: 'nexus', input: 'hi', stream: true }, {}, undefined, 'responses')).text()
    const id = /"id":"(resp_[^"]+)"/.exec(streamed)![1]!
    expect(await client.responses.retrieve(id)).toMatchObject({ status: 'completed', output_text: 'hello' })
  }))

  it('is nobody else\'s: to read, to delete or to continue', () => withStore(async ({ create, url }) => {
    const { id } = await create({ input: 'secret' })
    const other = (method: string, path = '') => fetch(`${url}/v1/responses/${id}${path}`, { method, headers: { Authorization: 'Bearer other' } }).then(async (response) => [response.status, (await response.text()).includes('secret')])
    expect([await other('GET'), await other('GET', '/input_items'), await other('DELETE')]).toEqual([[404, false], [404, false], [404, false]])
    expect((await create({ input: 'go on', previous_response_id: id }, 'other')).error).toMatchObject({ code: 'previous_response_not_found', param: 'previous_response_id' })
    expect((await create({ input: 'go on', previous_response_id: id })).error).toBeNull()
    expect((await fetch(`${url}/v1/responses/${id}`, { method: 'DELETE', headers: { Authorization: 'Bearer reader' } })).status).toBe(403)
  }))

  it('that is not there has OpenAI\'s code where it was to be continued', () => {
    expect(shapeOf(failOpenai('NEXUS_OPENAI_PREVIOUS')).error).toMatchObject({ type: 'invalid_request_error', code: 'previous_response_not_found' })
  })

  it('is not kept if that is not wanted, and what is answered says so', () => withStore(async ({ create, client }) => {
    const unkept = await create({ input: 'hi', store: false })
    expect(unkept.store).toBe(false)
    await expect(client.responses.retrieve(unkept.id)).rejects.toMatchObject({ status: 404 })
    const large = await create({ input: `look ${'x'.repeat(4 * 1024 * 1024)}` })
    expect([large.store, (await create({ input: 'go on', previous_response_id: large.id })).error?.code]).toEqual([false, 'previous_response_not_found'])
  }))

  it('is answered, and said not to be kept, when the disk keeps nothing', async () => {
    for (const broken of ['openai', 'openai/responses']) {
      const store = await storeOn(await temporaryDir())
      const failing: StoreApi = { ...store, documents: <T>(name: string) => ({ ...store.documents<T>(name), ...(name === broken && { put: () => Promise.reject(new Error('full')) }) }) }
      await serve(script, async ({ post, client }) => {
        const response = await (await post({ model: 'nexus', input: 'hi' }, {}, undefined, 'responses')).json() as { id: string; store: boolean; status: string }
        expect([broken, response.status, response.store]).toEqual([broken, 'completed', false])
        await expect(client.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 })
      }, { plugins: [stored(failing)] })
    }
  })

  it('that belongs to a session goes on in that session', () => withStore(async ({ create }) => {
    const first = await create({ input: 'one', user: 'anna' })
    await create({ input: 'two', previous_response_id: first.id })
    expect(asked.map(({ sessionKey }) => sessionKey)).toEqual(['agent:main:openai:direct:anna', 'agent:main:openai:direct:anna'])
    expect((await create({ input: 'x', previous_response_id: first.id, tools })).error).toMatchObject({ param: 'tools' })
    expect((await create({ input: 'x', previous_response_id: first.id }, 'good', { 'x-nexus-session-key': 'main' })).error).toMatchObject({ param: 'previous_response_id' })
  }))

  it('keeps a bound token to its agent', () => withStore(async ({ create, url }) => {
    const own = await create({ input: 'one' }, 'coder')
    expect(own.error).toBeNull()
    expect((await create({ model: 'nexus:main', input: 'one' }, 'coder')).error?.code).toBe('NEXUS_AGENT_BOUND')
    const list = await (await fetch(`${url}/v1/models`, { headers: { Authorization: 'Bearer coder' } })).json() as { data: { id: string; owned_by: string }[] }
    expect(list.data.filter(({ owned_by }) => owned_by === 'nexus').map(({ id }) => id)).toEqual(['nexus', 'nexus:coder', 'openclaw', 'openclaw:coder'])
  }))
})
