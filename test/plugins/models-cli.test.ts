import { describe, expect, test } from 'vitest'
import { definePlugin, noColour } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import cli from '../../plugins/models/cli.ts'
import { offerModels, providerFailure, usageOf } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import { routeScreen, statusScreen } from '../../plugins/models/screen.ts'

/** Two models; its second key is refused. */
const provider = definePlugin({
  id: 'provider-a',
  setup(ctx) {
    offerModels(ctx, {
      id: 'a',
      models: () => [
        { provider: 'a', id: 'm', name: 'Em', contextWindow: 128_000, price: { input: 2, output: 10, above: { tokens: 64_000, input: 4, output: 20 } }, input: ['text', 'image'], thinking: ['low', 'high'], aliases: ['mm'] },
        { provider: 'a', id: 'plain', name: 'Plain', tools: false },
        { provider: 'a', id: 'vec', name: 'Vec', kind: 'embedding', dimensions: 3, price: { input: 0.02, output: 0 } },
      ],
      accounts: () => [{ id: 'k1', kind: 'key' }, { id: 'k2', kind: 'key' }],
      stream: ({ provider: id, model, account }, emit) => {
        if (account === 'k2') throw providerFailure('a', 'auth', { status: 401 })
        emit({ type: 'text', delta: 'ok' })
        return { stopReason: 'stop', usage: usageOf({ input: 1, output: 1 }), provider: id, model }
      },
    })
  },
})
const gateway = () => testKernel({ plugins: [models, provider], config: { models: { default: 'mm', fallbacks: ['plain'] } } })

describe('nexus models', () => {
  test('list shows size, price, abilities and names', async () => {
    await using k = await gateway()
    const { stdout, code } = await k.cli(cli, 'models list')
    expect(code).toBe(0)
    expect(stdout).toMatch(/a\/m +128k +2\/10 \(above 64k: 4\/20\) +tools images thinking +default, mm/)
    expect(stdout).toMatch(/a\/plain +\? +unknown/)
    expect(stdout).toMatch(/a\/vec +\? +0.02\/0 +vectors of 3$/m)
    expect(JSON.parse((await k.cli(cli, 'models list plain --json')).stdout)).toEqual({ models: [{ id: 'plain', name: 'Plain', provider: 'a', tools: false }] })
    await expect(k.cli(cli, 'models list nothing')).rejects.toMatchObject({ code: 'NEXUS_MODELS_FILTER' })
  })

  test('probe asks one model, or every account, and exits 1 where one does not answer', async () => {
    await using k = await gateway()
    expect(await k.cli(cli, 'models probe')).toMatchObject({ code: 0, stdout: expect.stringMatching(/✓ a\/m \(k1\) answered in \d+ ms/) as string })
    const all = await k.cli(cli, 'models probe --all')
    expect(all).toMatchObject({ code: 1, stdout: expect.stringMatching(/✓ a\/m \(k1\)[^]*✗ a\/m \(k2\): provider "a" refused the credential \(HTTP 401\)\.\n {2}Check the key/) as string })
    expect(JSON.parse((await k.cli(cli, 'models probe a/plain --account k1 --json')).stdout)).toMatchObject({ probes: [{ ok: true, model: 'plain', account: 'k1' }] })
    expect(all.stdout, 'of a provider the first that answers').not.toContain('a/vec')
    const status = (await k.cli(cli, 'models status')).stdout
    expect(status).toMatch(/Default {2}a\/m, then plain/)
    expect(status).toMatch(/^Vectors {2}a\/vec$/m)
    expect(status).toMatch(/a +3 +k1 \(key\) +ready/)
    expect(status).toMatch(/k2 \(key\) +resting[^\n]*: auth +1/)
  })

  test('probe refuses a timeout that is none, and an account that is none', async () => {
    await using k = await gateway()
    await expect(k.cli(cli, 'models probe --timeout soon')).rejects.toMatchObject({ code: 'NEXUS_MODELS_TIMEOUT' })
    await expect(k.cli(cli, 'models probe --account k9')).rejects.toMatchObject({ code: 'NEXUS_MODELS_ACCOUNT' })
  })

  test('route explains the choice and sends nothing', async () => {
    await using k = await gateway()
    const { stdout } = await k.cli(cli, 'models route how are you')
    expect(stdout).toMatch(/^a\/m\n {2}a\/m is the default\n[^]*a\/m +k1 +ready\na\/m +k2 +ready\na\/plain +k1 +ready/)
    expect(JSON.parse((await k.cli(cli, 'models route --model plain --json hi')).stdout)).toMatchObject({ model: 'a/plain', fallbacks: [], reasons: ['a/plain is what was asked for, by another name'] })
  })
})

test('the screen of the state names no time that has passed, and lets no name steer the terminal', () => {
  const providers = [{ id: 'evil\u001b[2J', models: 1, accounts: [{ state: 'cooling' as const, until: 1, errors: 2, reason: 'billing' as const }, { id: 'k', kind: 'oauth' as const, state: 'open' as const, until: 3_700_001, errors: 5 }] }]
  const screen = statusScreen({ fallbacks: [], providers, retry: { windowMs: 60_000, offered: 1, extra: 0, refused: 0, ratio: 0.1 } }, 100_001, noColour)
  expect(screen).toMatch(/resting: billing/)
  expect(screen).toMatch(/shut off for 60 min/)
  expect(screen).not.toContain('\u001b')
})

test('a table leaves out a column that has nothing to say', () => {
  const route = { model: 'a/m', fallbacks: [], reasons: [], candidates: [{ model: 'a/m', state: 'ready' as const }] }
  expect(routeScreen(route, undefined, noColour)).toMatch(/TRIED IN THIS ORDER {2}STATE\na\/m +ready$/)
  expect(routeScreen({ ...route, candidates: [{ ...route.candidates[0]!, account: 'k' }] }, undefined, noColour)).toMatch(/ACCOUNT/)
  expect(routeScreen(route, Array.from({ length: 30 }, (_, i) => `t${i}`), noColour)).toMatch(/Tools \(30\) {2}t0, [^]* and 6 more\n/)
})
