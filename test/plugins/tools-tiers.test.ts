/** What a turn of each tier is offered of the tools that a gateway has by itself. */
import { expect, test } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import agent from '../../plugins/agent/index.ts'
import externalContent from '../../plugins/external-content/index.ts'
import models from '../../plugins/models/index.ts'
import outbound from '../../plugins/outbound/index.ts'
import demo from '../../plugins/provider-demo/index.ts'
import sessions from '../../plugins/sessions/index.ts'
import store from '../../plugins/store/index.ts'
import { Tools, toolTiers } from '../../plugins/tools/contract.ts'
import tools from '../../plugins/tools/index.ts'
import workspace from '../../plugins/workspace/index.ts'
import { temporaryDir } from './store-harness.ts'

test('of the default set a fast turn is offered three tools, a balanced one about fourteen, a capable one all', async () => {
  await using k = await testKernel({ plugins: [store, outbound, sessions, models, demo, tools, externalContent, workspace, agent], stateDir: await temporaryDir() })
  const api = await k.service(Tools)
  const all = (await api.list()).map(({ name }) => name)
  const [fast, balanced, capable] = await Promise.all(toolTiers.map(async (tier) => (await api.list({ agentId: 'main', tier })).map(({ name }) => name)))
  expect([...fast!].sort()).toEqual(['fetch', 'read', 'search'])
  expect(balanced!.length).toBeGreaterThanOrEqual(10)
  expect(balanced!.length).toBeLessThanOrEqual(16)
  expect(balanced).toEqual(expect.arrayContaining([...fast!, 'write', 'edit', 'list', 'time']))
  expect(capable).toEqual(all)
  // A tool of another's that says nothing is for capable turns alone.
  for (const tier of ['fast', 'balanced'] as const) expect((await api.explain({ agentId: 'main', tier }, 'acme_anything')).allowed).toBe(false)
  expect((await api.explain({ agentId: 'main', tier: 'capable' }, 'acme_anything')).allowed).toBe(true)
})
