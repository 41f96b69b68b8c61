/** The parts of `nexus init`: what it makes of an address, a list of models, and settings that are there. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import JSON5 from 'json5'
import { afterEach, describe, expect, test } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import cli from '../../plugins/init/cli.ts'
import plugin from '../../plugins/init/index.ts'
import { addressOf, choiceOf, choices, sorted, type Choice } from '../../plugins/init/choices.ts'
import { initErrors } from '../../plugins/init/errors.ts'
import { isKey } from '../../plugins/init/key.ts'
import { listModels, localServers } from '../../plugins/init/server.ts'
import { changesOf, editFor, freshText, type Chosen } from '../../plugins/init/settings.ts'
import { wishesOf } from '../../plugins/init/wishes.ts'
import { presets } from '../../plugins/provider-openai-compatible/presets.ts'

const never = new AbortController().signal
const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

interface Seen { readonly path: string; readonly headers: IncomingHttpHeaders }
type Says = (seen: Seen) => { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown } | 'cut'

async function serve(says: Says): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const one = { path: request.url ?? '', headers: request.headers }
    seen.push(one)
    const said = says(one)
    if (said === 'cut') return void request.socket.destroy()
    response.writeHead(said.status ?? 200, said.headers).end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body ?? {}))
  }).listen(0, '127.0.0.1')
  open.push(server)
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const at = (id: string, url: string, key?: string) => ({ choice: choiceOf(id)!, url, key })
const openAi = (...ids: string[]) => ({ body: { object: 'list', data: ids.map((id) => ({ id })) } })

describe('a list of models', () => {
  test('is asked for as each vendor wants it, with the key where it belongs', async () => {
    const { url, seen } = await serve(({ headers }) => (headers['anthropic-version'] ? { body: { data: [{ id: 'claude-x' }] } } : headers['x-goog-api-key'] ? { body: { models: [{ name: 'models/gemini-x', supportedGenerationMethods: ['generateContent'] }, { name: 'models/embed', supportedGenerationMethods: ['embedContent'] }] } } : openAi('gpt-x')))
    expect((await listModels(at('openai', url, 'k'), never)).models).toEqual(['gpt-x'])
    expect((await listModels(at('anthropic', url, 'k'), never)).models).toEqual(['claude-x'])
    expect((await listModels(at('google', url, 'k'), never)).models).toEqual(['gemini-x'])
    expect(seen.map(({ headers }) => [headers.authorization, headers['x-api-key'], headers['x-goog-api-key']])).toEqual([['Bearer k', undefined, undefined], [undefined, 'k', undefined], [undefined, undefined, 'k']])
  })

  test('of a server whose version was left out is found below it', async () => {
    const { url } = await serve(({ path }) => (path === '/v1/models' ? openAi('m') : { status: 404 }))
    expect(await listModels(at('openai-compatible', url), never)).toEqual({ url: `${url}/v1`, models: ['m'] })
  })

  test('that anybody may see proves no key: OpenRouter is asked about the key as well', async () => {
    const { url, seen } = await serve(({ path, headers }) => (path === '/models' ? openAi('a/b') : { status: headers.authorization === 'Bearer right' ? 200 : 401, body: {} }))
    expect((await listModels(at('openrouter', url, 'right'), never)).models).toEqual(['a/b'])
    await expect(listModels(at('openrouter', url, 'wrong'), never)).rejects.toMatchObject({ code: 'NEXUS_INIT_WRONG_KEY' })
    expect(seen.map(({ path }) => path)).toContain('/key')
  })

  test.each<[string, Says, string]>([
    ['a refusal', () => ({ status: 401, body: { error: { message: 'Incorrect API key provided: sk-mine' } } }), 'NEXUS_INIT_WRONG_KEY'],
    ['a prohibition', () => ({ status: 403 }), 'NEXUS_INIT_WRONG_KEY'],
    ['a breakdown', () => ({ status: 500, body: 'sk-mine' }), 'NEXUS_INIT_ANSWER'],
    ['a page', () => ({ headers: { 'content-type': 'text/html' }, body: '<html>hello</html>' }), 'NEXUS_INIT_ANSWER'],
    ['JSON that is something else', () => ({ body: { data: 'no' } }), 'NEXUS_INIT_ANSWER'],
    ['a connection that is cut', () => 'cut', 'NEXUS_INIT_UNREACHABLE'],
  ])('that is %s is an error without a word of the server\'s', async (_, says, code) => {
    const { url } = await serve(says)
    const fault = await listModels(at('openai-compatible', `${url}/v1`, 'sk-mine'), never).then(() => undefined, (error: Error & { code: string; fix: string }) => error)
    expect(fault?.code).toBe(code)
    expect(`${fault?.message} ${fault?.fix}`).not.toMatch(/sk-mine|hello/)
    expect(fault?.fix).toContain('Nothing was changed')
  })

  test('of a server that sends elsewhere is not asked for there: the key stays here', async () => {
    const other = await serve(() => openAi('m'))
    const { url } = await serve(() => ({ status: 302, headers: { location: `${other.url}/models` } }))
    await expect(listModels(at('openai-compatible', `${url}/v1`, 'sk-mine'), never)).rejects.toMatchObject({ code: 'NEXUS_INIT_UNREACHABLE' })
    expect(other.seen).toEqual([])
  })

  test('has no names that could steer the terminal, and is no longer than it has to be', async () => {
    const { url } = await serve(() => ({ body: { data: [{ id: 'good' }, { id: 'bad\u001b[2J' }, { id: 7 }, null, { id: 'x'.repeat(300) }, ...Array.from({ length: 3_000 }, (_, i) => ({ id: `m${i}` }))] } }))
    const { models } = await listModels(at('openai-compatible', `${url}/v1`), never)
    expect(models.slice(0, 2)).toEqual(['good', 'm0'])
    expect(models.length).toBeLessThanOrEqual(2_000)
  })

  test('of this machine: whoever answers is found, whoever does not is passed over', async () => {
    const { url } = await serve(() => openAi('a', 'b'))
    const other = await serve(() => 'cut')
    const local = (id: string, where: string): Choice => ({ ...choiceOf(id)!, url: where })
    expect([...await localServers([local('ollama', url), local('lmstudio', other.url), choiceOf('openai')!], never)]).toEqual([['ollama', 2]])
  })
})

describe('what is offered', () => {
  test('is where the provider looks for it, too', () => {
    for (const { preset, url } of choices) if (preset !== undefined) expect(presets[preset as keyof typeof presets]).toBe(url)
  })

  test('stands in an order in which what chats comes first', () => {
    expect(sorted(['text-embedding-3', 'b', 'whisper-1', 'a'])).toEqual(['a', 'b', 'text-embedding-3', 'whisper-1'])
  })

  test.each([
    ['http://127.0.0.1:8000/v1/', 'http://127.0.0.1:8000/v1'], ['127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1'], ['https://x.example/v1', 'https://x.example/v1'], ['x.example/v1', 'http://x.example/v1'],
    ['', undefined], ['ftp://x/', undefined], ['http://me:pw@x/v1', undefined], ['http://x/v1?key=1', undefined], ['file:///etc/passwd', undefined], ['http://x/v1#a', undefined], ['nonsense', undefined],
  ])('the address %j is %j', (text, address) => expect(addressOf(text)).toBe(address))

  test('options that exclude each other, or are none, are refused', () => {
    const code = (options: Record<string, string | boolean>) => { try { wishesOf({ options }); return undefined } catch (error) { return (error as { code: string }).code } }
    expect(code({ provider: 'x' })).toBe('NEXUS_INIT_PROVIDER')
    expect(code({ url: 'ftp://x' })).toBe('NEXUS_INIT_URL')
    expect(code({ 'key-stdin': true, 'key-env': 'A' })).toBe('NEXUS_INIT_KEY_TWICE')
    expect(code({ provider: 'ollama', model: 'a\nb' })).toBe('NEXUS_INIT_NO_MODEL')
    expect(wishesOf({ options: { provider: 'openai', model: 'openai/gpt-x' } }).model).toBe('gpt-x')
    expect(wishesOf({ options: { url: 'http://x/v1' } }).choice?.id).toBe('openai-compatible')
  })

  test('a key is one word of ordinary signs', () => {
    expect(['sk-1', 'a'.repeat(16_384)].map(isKey)).toEqual([true, true])
    expect(['', 'a b', 'a\nb', 'ä', 'a'.repeat(16_385)].map(isKey)).toEqual([false, false, false, false, false])
  })
})

const chosen = (more: Partial<Chosen> = {}): Chosen => ({ choice: choiceOf('openai-compatible')!, url: 'http://x/v1', model: 'm', key: 'file:keys/openai-compatible', unlisted: false, ...more })

describe('the settings', () => {
  test('a new file says the same to the gateway as the changes of an old one, whatever it is called', () => {
    const text = fc.oneof(fc.string({ minLength: 1, maxLength: 40 }), fc.constantFrom('it\'s', 'a\\b', '*/', '// x', '${HOME}', '__proto__'))
    fc.assert(fc.property(fc.constantFrom(...choices), text, fc.option(text, { nil: undefined }), fc.boolean(), (choice, model, key, unlisted) => {
      const one = chosen({ choice, model, key, unlisted, url: choice.url ?? 'http://x/v1' })
      const fresh = JSON5.parse<Record<string, Record<string, unknown>>>(freshText(one))
      const edited = Object.fromEntries(editFor(one, {}).set.map(({ path, value }) => [path, value]))
      const flat = Object.fromEntries(Object.entries(fresh).flatMap(([plugin, block]) => (Object.keys(block).length === 0 ? [[plugin, {}]] : Object.entries(block).map(([name, value]) => [`${plugin}.${name}`, value]))))
      expect(flat).toEqual(edited)
    }))
  })

  test('the same again is no change', () => {
    const parsed = JSON5.parse<Record<string, unknown>>(freshText(chosen()))
    expect(changesOf(editFor(chosen(), parsed), parsed)).toEqual([])
    expect(editFor(chosen(), parsed).unset).toEqual([])
  })

  test('what was said of another server goes; what holds for any stays', () => {
    const before = { 'provider-openai-compatible': { preset: 'ollama', models: [{ id: 'old' }], name: 'mine', headers: { a: 'b' }, timeoutMs: 5 } }
    const edit = editFor(chosen({ key: undefined }), before)
    expect([...edit.unset].sort()).toEqual(['models', 'name', 'preset'].map((key) => `provider-openai-compatible.${key}`))
    expect(changesOf(edit, before)).toEqual(expect.arrayContaining(['+ provider-openai-compatible.baseUrl: "http://x/v1"', '- provider-openai-compatible.preset']))
  })

  test('a list that leaves the provider out is put right, and no other', () => {
    const listIn = (plugins: unknown) => editFor(chosen(), { plugins }).set.find(({ path }) => path === 'plugins')?.value
    expect(listIn(['-provider-openai-compatible', './mine.ts'])).toEqual(['./mine.ts', 'provider-openai-compatible'])
    expect(listIn(['-*', 'store'])).toEqual(['-*', 'store', 'provider-openai-compatible'])
    expect(listIn(['./mine.ts'])).toBeUndefined()
    expect(listIn(undefined)).toBeUndefined()
  })
})

test('the plugin is its command: it takes nothing and offers nothing, and says nothing when it is called off', async () => {
  await using k = await testKernel({ plugins: [plugin] })
  expect(k.kernel.inspect('init')).toMatchObject({ state: 'active', owned: [] })
  await expect(k.cli(cli, 'init')).rejects.toMatchObject({ code: 'NEXUS_INIT_TERMINAL' })
  expect(initErrors.NEXUS_INIT_CANCELLED.exit).toBe(130)
})
