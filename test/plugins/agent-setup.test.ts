/** The methods and commands that set agents up, their files, and the method `agent`. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigControl } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import type { TestKernel } from 'nexus-gateway/sdk/testing'
import agentCommands from '../../plugins/agent/cli.ts'
import { Agent } from '../../plugins/agent/contract.ts'
import agentPlugin from '../../plugins/agent/index.ts'
import { create, idOf } from '../../plugins/agent/setup.ts'
import configPlugin from '../../plugins/config/index.ts'
import modelsPlugin from '../../plugins/models/index.ts'
import { Sessions } from '../../plugins/sessions/contract.ts'
import toolsPlugin from '../../plugins/tools/index.ts'
import workspacePlugin from '../../plugins/workspace/index.ts'
import { profiles } from '../../plugins/agent/profiles.ts'
import { failures } from 'nexus-gateway/sdk'
import { settingsErrors } from '../../plugins/config/contract.ts'
import { fakeControl } from '../fixtures/config-control.ts'
import { codeOf, fakeSessions, hangs, provider, says, withAgent } from './agent-fakes.ts'
import { place } from './workspace-harness.ts'

interface World { readonly k: TestKernel; text(): string; readonly dir: string }

async function world(text: string, use: (world: World) => Promise<void>, agents: readonly object[] = []): Promise<void> {
  const fake = await fakeControl({ plugins: { agent: { type: 'object' } }, text })
  const k = await testKernel({
    plugins: [configPlugin, workspacePlugin, modelsPlugin, toolsPlugin, agentPlugin, provider(says('hello'))], stateDir: fake.dir,
    provide: [[Sessions, fakeSessions()], [ConfigControl, fake.control]], config: { agent: { agents } },
  })
  try {
    await use({ k, text: () => readFileSync(fake.file, 'utf8'), dir: fake.dir })
  } finally {
    await k.close()
    await fake[Symbol.asyncDispose]()
  }
}
const admin = ['operator.admin']

describe('agents', () => {
  it('are added to the file as it is, and its comments stay', () => world('// mine\n{\n  // of the agent\n  agent: { maxConcurrent: 4 },\n}\n', async ({ k, text, dir }) => {
    expect(await k.call('agents.create', { name: 'Code Reviewer', emoji: '🔎', model: 'scripted/one' })).toEqual({ ok: true, agentId: 'code-reviewer', name: 'Code Reviewer', workspace: join(dir, 'workspace', 'code-reviewer'), model: 'scripted/one' })
    await k.call('agents.create', { name: 'clerk', workspace: '/srv/clerk' })
    expect(text()).toContain('// of the agent')
    expect(await k.call('config.get')).toMatchObject({ parsed: { agent: { maxConcurrent: 4, agents: [{ id: 'code-reviewer', name: 'Code Reviewer', model: 'scripted/one', emoji: '🔎' }, { id: 'clerk', name: 'clerk', workspace: '/srv/clerk' }] } } })
  }))

  it('that are there already, have no id, or no whole path are refused', () => world('{ agent: { agents: [{ id: "coder" }] } }', async ({ k }) => {
    const codes = await Promise.all([{ name: 'Coder' }, { name: 'main' }, { name: '???' }, { name: 'x', workspace: 'here' }].map((params) => k.call('agents.create', params).then(() => 'taken', codeOf)))
    expect(codes).toEqual(['NEXUS_AGENT_EXISTS', 'NEXUS_AGENT_EXISTS', 'NEXUS_AGENT_NAME', 'NEXUS_AGENT_FOLDER'])
  }, [{ id: 'coder' }]))

  it('are changed in their place, main too', () => world('{ agent: { agents: [{ id: "coder", model: "a/b", name: "C" }, { id: "other" }] } }', async ({ k }) => {
    await k.call('agents.update', { agentId: 'coder', name: 'The Coder', model: null, avatar: 'https://x.test/a.png' })
    await k.call('agents.update', { agentId: 'main', model: 'scripted/one' })
    expect(await k.call('config.get')).toMatchObject({ parsed: { agent: { agents: [{ id: 'coder', name: 'The Coder', avatar: 'https://x.test/a.png' }, { id: 'other' }, { id: 'main', model: 'scripted/one' }] } } })
    expect(JSON.stringify(await k.call('config.get'))).not.toContain('a/b')
    expect(await k.call('agents.update', { agentId: 'nobody' }).catch(codeOf)).toBe('NEXUS_AGENT_UNKNOWN')
    expect(await k.call('agents.update', { agentId: 'coder', agentRuntime: 'x' }).catch(codeOf)).toBe('NEXUS_AGENT_UNSUPPORTED')
  }, [{ id: 'coder' }, { id: 'other' }]))

  it('are taken out of the file, never main, and nothing of theirs is deleted', () => world('{ agent: { agents: [{ id: "a" }, { id: "coder", workspace: "/srv/coder" }] } }', async ({ k }) => {
    await expect(k.call('agents.delete', { agentId: 'coder', deleteFiles: true })).rejects.toMatchObject({ code: 'NEXUS_AGENT_UNSUPPORTED' })
    expect(await k.call('agents.delete', { agentId: 'coder', deleteFiles: false })).toEqual({ ok: true, agentId: 'coder', removedBindings: 0 })
    expect(await k.call('config.get')).toMatchObject({ parsed: { agent: { agents: [{ id: 'a' }] } } })
    expect(await k.call('agents.delete', { agentId: 'main' }).catch(codeOf)).toBe('NEXUS_AGENT_MAIN')
  }, [{ id: 'a' }, { id: 'coder', workspace: '/srv/coder' }]))

  it('that stand in another file are not set up in this one', () => world('{}', async ({ k, text }) => {
    const codes = [await k.call('agents.create', { name: 'x' }).catch(codeOf), await k.call('agents.update', { agentId: 'coder', name: 'x' }).catch(codeOf), await k.call('agents.delete', { agentId: 'coder' }).catch(codeOf)]
    expect([...codes, text()]).toEqual(['NEXUS_AGENT_ELSEWHERE', 'NEXUS_AGENT_ELSEWHERE', 'NEXUS_AGENT_ELSEWHERE', '{}'])
  }, [{ id: 'coder' }]))

  it('are set up by an operator with admin alone', () => world('{}', async ({ k }) => {
    for (const [method, params] of [['agents.create', { name: 'x' }], ['agents.update', { agentId: 'main' }], ['agents.delete', { agentId: 'x' }], ['agents.files.set', { agentId: 'main', name: 'SOUL.md', content: 'x' }]] as const) {
      expect(await k.call(method, params, { scopes: ['operator.write'] }).then(() => 'done', () => 'refused'), method).toBe('refused')
    }
    expect(await k.call('agents.create', { name: 'x' }, { scopes: admin })).toMatchObject({ ok: true })
  }))

  it('do not undo what somebody else has written meanwhile', async () => {
    const fail = failures(settingsErrors)
    let [version, list] = [0, [] as { id: string }[]]
    const parts = {
      profiles: profiles({ defaults: {}, agents: [], maxConcurrent: 1, onDisconnect: 'continue', queue: { mode: 'followup', cap: 1 } } as never), rootOf: () => undefined,
      read: async () => ({ hash: String(version), parsed: { agent: { agents: [...list] } } }),
      edit: async ({ baseHash, set }: { baseHash: string; set?: readonly { path: string; value: unknown }[] }) => {
        if (version === 0) [version, list] = [1, [{ id: 'theirs' }]]
        if (baseHash !== String(version)) throw fail('NEXUS_CONFIG_STALE')
        list.push(set![0]!.value as { id: string })
        expect(set![0]!.path).toBe('agent.agents[1]')
      },
    }
    await create(parts, { name: 'mine' })
    expect(list.map(({ id }) => id)).toEqual(['theirs', 'mine'])
    expect(idOf('  Ünï Code 7 ')).toBe('n-code-7')
  })

  it('say who they are', () => world('{}', async ({ k }) => {
    expect(await k.call('agents.list')).toEqual({ defaultId: 'main', mainKey: 'main', scope: 'per-sender', agents: [{ id: 'main' }, { id: 'coder', name: 'C', identity: { name: 'C', emoji: '🛠' } }] })
    expect(await k.call('agent.identity.get', { sessionKey: 'agent:coder:main' })).toEqual({ agentId: 'coder', name: 'C', nameSource: 'config', emoji: '🛠' })
    expect(await k.call('agent.identity.get')).toEqual({ agentId: 'main', name: 'main', nameSource: 'default' })
  }, [{ id: 'coder', name: 'C', emoji: '🛠' }]))
})

describe('the files of an agent', () => {
  it('are listed, read and written in its workspace, and only those', () => world('{}', async ({ k, dir }) => {
    const root = join(dir, 'workspace', 'main')
    const listed = await k.call('agents.files.list', { agentId: 'main' }) as { workspace: string; files: { name: string; missing: boolean }[] }
    expect(listed.workspace).toBe(root)
    expect(listed.files.map(({ name }) => name)).toEqual(['AGENTS.md', 'SOUL.md', 'TOOLS.md', 'IDENTITY.md', 'USER.md', 'HEARTBEAT.md', 'BOOTSTRAP.md', 'MEMORY.md'])
    expect(listed.files.every(({ missing }) => missing)).toBe(true)
    expect(await k.call('agents.files.get', { agentId: 'main', name: 'SOUL.md' })).toMatchObject({ file: { name: 'SOUL.md', missing: true } })
    const set = await k.call('agents.files.set', { agentId: 'main', name: 'SOUL.md', content: 'I am kind.' }) as { file: { hash: string } }
    expect(readFileSync(join(root, 'SOUL.md'), 'utf8')).toBe('I am kind.')
    expect(await k.call('agents.files.get', { agentId: 'main', name: 'SOUL.md' })).toMatchObject({ file: { missing: false, content: 'I am kind.', size: 10, path: join(root, 'SOUL.md'), hash: set.file.hash } })
    for (const name of ['../token', 'notes.md', '/etc/passwd', 'soul.md', 'SOUL.md/x', '..']) {
      expect(await k.call('agents.files.get', { agentId: 'main', name }).catch(codeOf), name).toBe('NEXUS_AGENT_FILE')
      expect(await k.call('agents.files.set', { agentId: 'main', name, content: 'x' }).catch(codeOf), name).toBe('NEXUS_AGENT_FILE')
    }
  }))

  it('are not written over by whoever has read another one', () => world('{}', async ({ k }) => {
    const { file: { hash } } = await k.call('agents.files.set', { agentId: 'main', name: 'USER.md', content: 'one' }) as { file: { hash: string } }
    const set = (content: string) => k.call('agents.files.set', { agentId: 'main', name: 'USER.md', content, expectedHash: hash }).then(() => 'written', codeOf)
    expect([await set('two'), await set('three')]).toEqual(['written', 'NEXUS_AGENT_FILE_CHANGED'])
    expect(await k.call('agents.files.get', { agentId: 'main', name: 'USER.md' })).toMatchObject({ file: { content: 'two' } })
  }))

  it('that are links lead nowhere', () => {
    const { top, outside } = place()
    const root = join(top, 'home')
    mkdirSync(root)
    symlinkSync(join(outside, 'secret.txt'), join(root, 'SOUL.md'))
    return world('{}', async ({ k }) => {
      expect(JSON.stringify(await k.call('agents.files.get', { agentId: 'linked', name: 'SOUL.md' }).catch(codeOf))).not.toContain('the secret')
      await k.call('agents.files.set', { agentId: 'linked', name: 'SOUL.md', content: 'mine' }).catch(codeOf)
      expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('the secret')
    }, [{ id: 'linked', workspace: root }])
  })

  it('need a workspace', () => withAgent(says('x'), async (_, { k }) => {
    expect(await k.call('agents.files.list', { agentId: 'main' }).catch(codeOf)).toBe('NEXUS_AGENT_NO_WORKSPACE')
  }))
})

describe('the method agent', () => {
  it('answers once the message is taken, and the same key begins nothing', () => withAgent(hangs('hel'), async (agent, { k, sessions }) => {
    expect(await k.call('agent', { message: 'hi', idempotencyKey: 'k1', timeout: 5, extraSystemPrompt: 'Be brief.', label: 'mine' })).toEqual({ runId: 'k1', status: 'accepted', acceptedAt: expect.any(Number), sessionKey: 'agent:main:main' })
    expect(await k.call('agent', { message: 'hi', idempotencyKey: 'k1', label: 'yours' })).toMatchObject({ runId: 'k1', status: 'in_flight' })
    expect(await sessions.settings('main')).toMatchObject({ label: 'mine' })
    await k.settled()
    await k.clock.advance(5_000)
    expect(await k.call('agent.wait', { runId: 'k1' })).toMatchObject({ status: 'timeout' })
    expect(await k.call('agent', { message: 'hi', idempotencyKey: 'k1' })).toMatchObject({ status: 'ok' })
    expect(agent.metrics().running).toBe(0)
  }))

  it('goes to the agent and the session that are named, if they are those', () => withAgent(says('x'), async (_, { k, sessions }) => {
    const to = (params: object) => k.call('agent', { message: 'hi', idempotencyKey: JSON.stringify(params), ...params }).then((done) => (done as { sessionKey: string }).sessionKey, codeOf)
    expect(await to({ agentId: 'coder' })).toBe('agent:coder:main')
    expect(await to({ agentId: 'coder', sessionKey: 'notes' })).toBe('agent:coder:notes')
    expect(await to({ agentId: 'coder', sessionKey: 'agent:main:main' })).toBe('NEXUS_AGENT_SESSION')
    expect(await to({ sessionId: 'nobody' })).toBe('NEXUS_AGENT_SESSION')
    expect(await to({ sessionKey: 'main', expectedExistingSessionId: 'another' })).toBe('NEXUS_AGENT_SESSION')
    await sessions.open('main')
    expect(await to({ sessionKey: 'main', sessionId: 'id of agent:main:main' })).toBe('agent:main:main')
    expect(await to({ agentId: 'nobody' })).toBe('NEXUS_AGENT_UNKNOWN')
    expect(await to({ message: '  ' })).toBe('NEXUS_AGENT_CONTENT')
    for (const field of [{ deliver: true }, { attachments: [{}] }, { spawnedBy: 'agent:main:main' }, { cwd: '/' }]) expect(await to(field), JSON.stringify(field)).toBe('NEXUS_AGENT_UNSUPPORTED')
    expect(await to({ deliver: false, attachments: [], lane: 'main', channel: '' })).toBe('agent:main:main')
    await k.settled()
  }, { config: { agent: { agents: [{ id: 'coder' }] } } }))
})

describe('boundBy', () => {
  it('gives the profiles of all that are above a session', () => withAgent(says('x'), async (agent, { sessions }) => {
    await sessions.patch('agent:coder:subagent:x', { spawnedBy: 'agent:main:main', extra: { 'agent.parent': { agentId: 'main' } } })
    expect((await agent.boundBy('agent:coder:subagent:x')).map(({ id, budget }) => [id, budget])).toEqual([['coder', { usd: 9 }], ['main', { usd: 1 }]])
    expect((await agent.boundBy('main')).map(({ id }) => id)).toEqual(['main'])
  }, { config: { agent: { defaults: { budget: { usd: 1 } }, agents: [{ id: 'coder', budget: { usd: 9 } }] } } }))
})

describe('the commands', () => {
  it('set agents up and show them, runs too', () => world('{ agent: { agents: [{ id: "coder", name: "C" }] } }', async ({ k, dir }) => {
    const run = async (line: string) => {
      const { code, stdout } = await k.cli(agentCommands, line)
      return `${code} ${stdout}`
    }
    expect(await run('agents list')).toMatch(/^0 main {2}\(default\)\ncoder {2}C/)
    expect(await run('agents show coder')).toContain('subagents')
    expect(JSON.parse((await run('agents show coder --json')).slice(2))).toMatchObject({ id: 'coder', maxSteps: 16 })
    expect(await run('agents create Clerk --emoji X')).toContain('agent:clerk:main')
    expect(await run('agents update coder --model scripted/one')).toContain('coder is changed')
    expect(await run('agents delete coder')).toContain('where they were')
    expect(await run('agents delete main').catch(codeOf)).toBe('NEXUS_AGENT_MAIN')
    mkdirSync(join(dir, 'workspace', 'main'), { recursive: true })
    writeFileSync(join(dir, 'workspace', 'main', 'SOUL.md'), 'kind \u001b[31mred')
    expect(await run('agents files main')).toMatch(/SOUL\.md +\d+ bytes/)
    expect(await run('agents files main SOUL.md')).not.toContain('\u001b[31m')
    expect(await run('agents files main USER.md').catch(codeOf)).toBe('NEXUS_AGENT_FILE_MISSING')
    expect(await run('agents write main USER.md')).toMatch(/USER\.md: 0 bytes/)
    await expect(Promise.resolve(agentCommands['agents write']!.run({ args: { id: 'main', name: 'USER.md' }, stdin: { isTTY: true } } as never)).catch(codeOf)).resolves.toBe('NEXUS_AGENT_INPUT')
    expect(await run('runs list')).toContain('No runs yet.')
    const agent = await k.service(Agent)
    const { done } = await agent.run({ sessionKey: 'main', message: [{ type: 'text', text: 'x' }], runId: 'r1', cause: { caller: { id: 'x', role: 'operator', scopes: new Set(['operator.write']), label: 'operator' }, trace: 't', path: [] } })
    await done
    expect(await run('runs list --session main --limit 1')).toContain('r1')
    expect(await run('runs show r1')).toMatch(/route .*scripted\/one/)
    expect(await run('runs show nobody').catch(codeOf)).toBe('NEXUS_AGENT_RUN_UNKNOWN')
    expect(JSON.parse((await run('runs list --json')).slice(2))).toMatchObject({ runs: [{ runId: 'r1', status: 'ok' }] })
  }, [{ id: 'coder', name: 'C' }]))
})
