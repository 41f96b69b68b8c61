import { command, commands, paintOf, plain } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { failAgent } from './errors.ts'
import { agentScreen, filesScreen, runScreen, runsScreen } from './screen.ts'
import type { AgentGot, FileGot, FilesListed, RunGot, RunsListed } from './screen.ts'

const of = (options: Readonly<Record<string, unknown>>, name: string, as: string): object => (options[name] === undefined ? {} : { [as]: options[name] })

const looks = {
  workspace: { summary: 'The folder that it works in, an absolute path', value: 'FOLDER' },
  emoji: { summary: 'A sign for it', value: 'EMOJI' },
  avatar: { summary: 'Address of a picture', value: 'URL' },
}
const chosen = ({ name, workspace, model, emoji, avatar }: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries({ name, workspace, model: model === '' ? null : model, emoji, avatar }).filter(([, value]) => value !== undefined))

const mostBytes = 1024 * 1024

async function piped({ stdin }: CommandIo): Promise<string> {
  if (stdin.isTTY) throw failAgent('NEXUS_AGENT_INPUT')
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stdin) {
    parts.push(Buffer.from(part as Buffer))
    bytes += parts.at(-1)!.length
    if (bytes > mostBytes) throw failAgent('NEXUS_AGENT_CONTENT', { reason: 'a file has at most 1 MiB' })
  }
  return Buffer.concat(parts).toString('utf8')
}

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
  'agents create': command({
    summary: 'Add an agent to nexus.json5',
    args: ['<name>'],
    options: { ...looks, model: { summary: 'provider/id, a bare id or an alias', value: 'MODEL' } },
    examples: ['nexus agents create Coder', 'nexus agents create "Code Reviewer" --model demo/echo --workspace /srv/review --json'],
    async run(io) {
      const made = await io.call('agents.create', { name: io.args['name'], ...chosen(io.options) }) as { agentId: string; workspace: string }
      io.print(`${made.agentId} is there; it works in ${plain(made.workspace || 'no folder of its own')}\nTalk to it in the session agent:${made.agentId}:main.`, made)
    },
  }),
  'agents update': command({
    summary: 'Change an agent in nexus.json5',
    args: ['<id>'],
    options: { name: { summary: 'What people call it', value: 'NAME' }, ...looks, model: { summary: 'provider/id, a bare id or an alias; empty for the usual one', value: 'MODEL' } },
    examples: ['nexus agents update coder --name "The Coder"', 'nexus agents update coder --model "" --json'],
    async run(io) {
      const done = await io.call('agents.update', { agentId: io.args['id'], ...chosen(io.options) })
      io.print(`${plain(String(io.args['id']))} is changed`, done)
    },
  }),
  'agents delete': command({
    summary: 'Take an agent out of nexus.json5; its sessions and files stay',
    args: ['<id>'],
    examples: ['nexus agents delete coder', 'nexus agents delete coder --json'],
    async run(io) {
      const done = await io.call('agents.delete', { agentId: io.args['id'] })
      io.print(`${plain(String(io.args['id']))} is gone from the settings; its sessions and files are where they were`, done)
    },
  }),
  'agents files': command({
    summary: 'List the files that tell an agent who it is, or print one of them',
    args: ['<id>', '[name]'],
    examples: ['nexus agents files main', 'nexus agents files main AGENTS.md'],
    async run(io) {
      const { id, name } = io.args
      if (name === undefined) {
        const listed = await io.call('agents.files.list', { agentId: id }) as FilesListed
        io.print(filesScreen(listed), listed)
        return
      }
      const got = await io.call('agents.files.get', { agentId: id, name }) as FileGot
      if (got.file.missing) throw failAgent('NEXUS_AGENT_FILE_MISSING')
      io.print(plain(got.file.content ?? ''), got)
    },
  }),
  'agents write': command({
    summary: 'Write one of the files that tell an agent who it is, from what is piped in',
    args: ['<id>', '<name>'],
    examples: ['nexus agents write main SOUL.md < soul.md'],
    async run(io) {
      const done = await io.call('agents.files.set', { agentId: io.args['id'], name: io.args['name'], content: await piped(io) }) as FileGot
      io.print(`${plain(done.file.path)}: ${done.file.size} bytes`, done)
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
