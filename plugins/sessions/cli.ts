import { command, commands, paintOf } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import type { SessionPreview } from './contract.ts'
import { fail } from './errors.ts'
import { importFolder } from './import-command.ts'
import { listScreen, previewScreen, showScreen, type Got, type Listed } from './screen.ts'

const limit = { limit: { summary: 'How many to show', value: 'N' } }
const expect = { id: { summary: 'Only if the session still has this id', value: 'ID' } }

export default commands({
  'sessions list': command({
    summary: 'List sessions, most recently active first',
    options: {
      ...limit,
      agent: { summary: 'Only this agent\'s', value: 'ID' },
      search: { summary: 'Only those whose key or label holds this', value: 'TEXT' },
      active: { summary: 'Only those active within so many minutes', value: 'N' },
    },
    examples: ['nexus sessions list', 'nexus sessions list --agent work --active 60 --json'],
    offline: true,
    async run(io) {
      const { agent, search } = io.options
      const list = await io.call('sessions.list', {
        ...number(io, 'limit', 'limit'), ...number(io, 'active', 'activeMinutes'),
        ...(typeof agent === 'string' && { agentId: agent }), ...(typeof search === 'string' && { search }),
      }) as Listed
      io.print(listScreen(list, paintOf(io)), list)
    },
  }),
  'sessions show': command({
    summary: 'Show a session: its settings, its last messages, its archived transcripts',
    args: ['<key>'],
    options: { ...limit, archive: { summary: 'The archived transcript with this id', value: 'ID' } },
    examples: ['nexus sessions show main', 'nexus sessions show agent:work:telegram:direct:42 --limit 50'],
    offline: true,
    async run(io) {
      const { archive } = io.options
      const got = await io.call('sessions.get', { key: key(io), ...number(io, 'limit', 'limit', 20), ...(typeof archive === 'string' && { sessionId: archive }) }) as Got
      if (!got.session && got.archives.length === 0) throw fail('NEXUS_SESSIONS_UNKNOWN')
      io.print(showScreen(got, paintOf(io)), got)
    },
  }),
  'sessions preview': command({
    summary: 'Show the last texts of some sessions',
    args: ['<...keys>'],
    options: { ...limit, chars: { summary: 'Longest text', value: 'N' } },
    examples: ['nexus sessions preview main agent:work:main --limit 3'],
    offline: true,
    async run(io) {
      const { previews } = await io.call('sessions.preview', { keys: io.args['keys'], ...number(io, 'limit', 'limit'), ...number(io, 'chars', 'maxChars') }) as { previews: SessionPreview[] }
      io.print(previewScreen(previews, paintOf(io)), { previews })
      return previews.some(({ status }) => status === 'missing' || status === 'error') ? 1 : 0
    },
  }),
  'sessions resolve': command({
    summary: 'Find the session that a key, an id, the beginning of an id or a label means',
    args: ['<text>'],
    options: { by: { summary: 'What it is: key, id or label; without it each is tried', value: 'WHAT' } },
    examples: ['nexus sessions resolve 3f2a9c1b', 'nexus sessions resolve "Weekly report" --by label'],
    offline: true,
    async run(io) {
      const found = await resolve(io, String(io.args['text']))
      if (!found) throw fail('NEXUS_SESSIONS_UNKNOWN')
      io.print(found.key, found)
    },
  }),
  'sessions reset': command({
    summary: 'Begin a session anew; what was said is archived',
    args: ['<key>'],
    options: expect,
    examples: ['nexus sessions reset main'],
    offline: true,
    async run(io) {
      const done = await io.call('sessions.reset', { key: key(io), ...expected(io) }) as { key: string; archived: string[] }
      io.print(`${done.key} begins anew${kept(done)}`, done)
    },
  }),
  'sessions delete': command({
    summary: 'Take a session away; what was said is archived',
    args: ['<key>'],
    options: { ...expect, keep: { summary: 'Keep the archived transcript for good' } },
    examples: ['nexus sessions delete agent:main:old', 'nexus sessions delete agent:main:old --keep'],
    offline: true,
    async run(io) {
      const done = await io.call('sessions.delete', { key: key(io), ...expected(io), ...(io.options['keep'] === true && { deleteTranscript: false }) }) as { key: string; deleted: boolean; archived: string[] }
      if (!done.deleted) throw fail('NEXUS_SESSIONS_UNKNOWN')
      io.print(`${done.key} is deleted${kept(done)}`, done)
    },
  }),
  'sessions compact': command({
    summary: 'Put a summary in place of the older part of a conversation; nothing is deleted',
    args: ['<key>'],
    options: { keep: { summary: 'About how many of the last entries to keep word for word', value: 'N' } },
    examples: ['nexus sessions compact main', 'nexus sessions compact main --keep 40'],
    offline: true,
    async run(io) {
      const done = await io.call('sessions.compact', { key: key(io), ...number(io, 'keep', 'maxLines') }) as { key: string; compacted: boolean; reason?: string; tokensBefore?: number }
      io.print(done.compacted ? `${done.key} is compacted; it had about ${done.tokensBefore} tokens` : `${done.key} was left as it is: ${done.reason ?? 'there is nothing to compact'}`, done)
    },
  }),
  'sessions import': command({
    summary: 'Take in the sessions of an OpenClaw folder: sessions.json and its .jsonl files',
    args: ['<folder>'],
    options: {
      agent: { summary: 'Whose the sessions are that name no agent', value: 'ID' },
      replace: { summary: 'Also where a key has a session of its own, which is then archived' },
      'dry-run': { summary: 'Only say what would be imported' },
    },
    examples: ['nexus sessions import ~/.openclaw --dry-run', 'nexus sessions import ~/.openclaw/agents/main/sessions'],
    offline: true,
    run: (io) => importFolder(io, String(io.args['folder'])),
  }),
})

const key = (io: CommandIo): string => String(io.args['key'])
const kept = ({ archived }: { readonly archived: readonly string[] }): string => (archived[0] === undefined ? '' : `; its transcript stays in ${archived[0]}`)

function expected(io: CommandIo): { expectedSessionId?: string } {
  const { id } = io.options
  return typeof id === 'string' ? { expectedSessionId: id } : {}
}

function number(io: CommandIo, option: string, param: string, otherwise?: number): Record<string, number> {
  const text = io.options[option]
  if (text === undefined) return otherwise === undefined ? {} : { [param]: otherwise }
  if (typeof text !== 'string' || !/^[1-9]\d{0,8}$/.test(text)) throw fail('NEXUS_SESSIONS_NUMBER', { option })
  return { [param]: Number(text) }
}

interface Found { readonly ok: boolean; readonly key: string; readonly sessionId: string; readonly agentId: string }

async function resolve(io: CommandIo, text: string): Promise<Found | undefined> {
  const { by } = io.options
  const ways = { id: /^[0-9a-f-]{36}$/i.test(text) ? 'sessionId' : 'shortId', label: 'label', key: 'key' } as const
  if (by !== undefined && !Object.hasOwn(ways, String(by))) throw fail('NEXUS_SESSIONS_WHICH', { method: '--by', names: Object.keys(ways).join(', ') })
  for (const [name, param] of Object.entries(ways)) {
    if ((by !== undefined && by !== name) || (param === 'shortId' && !/^[0-9a-f-]{4,64}$/i.test(text))) continue
    const found = await io.call('sessions.resolve', { [param]: text, allowMissing: true }) as Found
    if (found.ok) return found
  }
  return undefined
}
