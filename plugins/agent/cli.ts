import { command, commands, paintOf, plain } from 'nexus-gateway/sdk'
import { agentScreen, runScreen, runsScreen } from './screen.ts'
import type { AgentGot, RunGot, RunsListed } from './screen.ts'

const of = (options: Readonly<Record<string, unknown>>, name: string, as: string): object => (options[name] === undefined ? {} : { [as]: options[name] })

export default commands({
  'agents list': command({
    summary: 'List the agents',
    examples: ['nexus agents list', 'nexus agents list --json'],
    async run(io) {
      const listed = await io.call('agents.list', {}) as { defaultId: string; agents: { id: string; name?: string }[] }
      io.print(listed.agents.map(({ id, name }) => `${id}${name === undefined ? '' : `  ${plain(name)}`}${id === listed.defaultId ? '  (default)' : ''}`).join('\n'), listed)
    },
  }),
  'agents show': command({
    summary: 'Show the settings of an agent, the defaults filled in',
    args: ['<id>'],
    examples: ['nexus agents show main', 'nexus agents show coder --json'],
    async run(io) {
      const got = await io.call('agents.get', { agentId: io.args['id'] }) as AgentGot
      io.print(agentScreen(got, paintOf(io)), got)
    },
  }),
  'runs list': command({
    summary: 'List the latest runs, newest first',
    options: { session: { summary: 'Only of this session', value: 'KEY' }, agent: { summary: 'Only of this agent', value: 'ID' }, limit: { summary: 'How many to show', value: 'N' } },
    examples: ['nexus runs list', 'nexus runs list --session main --limit 10 --json'],
    async run(io) {
      const { limit } = io.options
      const listed = await io.call('runs.list', { ...of(io.options, 'session', 'sessionKey'), ...of(io.options, 'agent', 'agentId'), ...(limit === undefined ? {} : { limit: Number(limit) }) }) as RunsListed
      io.print(runsScreen(listed, paintOf(io)), listed)
    },
  }),
  'runs show': command({
    summary: 'Show one run as a timeline: route, requests, tools, outcome',
    args: ['<id>'],
    examples: ['nexus runs show 3f2a9c1b-0000-4000-8000-000000000000', 'nexus runs show ID --json'],
    async run(io) {
      const got = await io.call('runs.get', { runId: io.args['id'] }) as RunGot
      io.print(runScreen(got, paintOf(io)), got)
    },
  }),
})
