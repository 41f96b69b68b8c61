/** A kernel with the plugin and settings of its own on a temporary directory. */
import type { JsonSchema } from 'nexus-gateway/sdk'
import { ConfigControl } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import config from '../../plugins/config/index.ts'
import type { ConfigSnapshot, ConfigWriteResult } from '../../plugins/config/contract.ts'
import { fakeControl, type FakeControl, type FakeOptions } from '../fixtures/config-control.ts'

const text: JsonSchema = { type: 'string' }

export const plugins: Readonly<Record<string, JsonSchema>> = {
  logs: { type: 'object', properties: { level: { type: 'string', enum: ['debug', 'info', 'warn'], default: 'info', description: 'How much is logged.', agentWritable: true }, files: { type: 'integer', minimum: 1, default: 5 } }, additionalProperties: false },
  provider: {
    type: 'object', additionalProperties: false,
    properties: {
      baseUrl: text,
      apiKey: { type: 'string', secret: true, minLength: 4 },
      pin: { type: 'integer', secret: true },
      headers: { type: 'object', additionalProperties: text },
      models: { type: 'array', items: { type: 'object', properties: { id: text, size: { type: 'integer', default: 8 }, key: { type: 'string', secret: true } }, required: ['id'], additionalProperties: false } },
      extra: { type: 'object' },
    },
  },
  agent: {
    type: 'object', additionalProperties: false, agentWritable: true,
    properties: { name: text, model: text, notes: { type: 'array', items: text }, memo: { type: 'object' }, tools: { type: 'object', additionalProperties: { type: 'boolean' }, agentWritable: false }, token: { type: 'string', secret: true }, style: { anyOf: [{ type: 'string' }, { type: 'object', properties: { mood: text, risky: { type: 'boolean', agentWritable: false } }, additionalProperties: false }] } },
  },
}

export interface Settings extends AsyncDisposable {
  readonly k: TestKernel
  readonly fake: FakeControl
  get(): Promise<ConfigSnapshot>
  /** With the hash of the file as it is. */
  change(method: string, params: Record<string, unknown>, options?: Parameters<TestKernel['call']>[2]): Promise<ConfigWriteResult>
}

export async function settings(options: Partial<FakeOptions> = {}): Promise<Settings> {
  const fake = await fakeControl({ plugins, ...options })
  const k = await testKernel({ plugins: [config], provide: [[ConfigControl, fake.control]], stateDir: fake.dir })
  const get = async () => await k.call('config.get') as ConfigSnapshot
  return {
    k, fake, get,
    async change(method, params, o) {
      const { hash } = await get()
      return await k.call(method, { baseHash: hash, ...params }, o) as ConfigWriteResult
    },
    async [Symbol.asyncDispose]() {
      await k.close()
      await fake[Symbol.asyncDispose]()
    },
  }
}
