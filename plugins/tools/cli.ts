import { command, commands, paintOf } from 'nexus-gateway/sdk'
import { explanationText, toolsText } from './screen.ts'
import type { Explained, Listed } from './screen.ts'

const whose = {
  agent: { summary: 'For this agent', value: 'ID' },
  session: { summary: 'For this session', value: 'KEY' },
  tier: { summary: 'In a turn of this tier: fast, balanced or capable', value: 'TIER' },
}
const paramsOf = (options: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries({
  agentId: options['agent'], sessionKey: options['session'], tier: options['tier'], provider: options['provider'], model: options['model'],
}).filter(([, value]) => value !== undefined))

export default commands({
  'tools list': command({
    summary: 'Show the tools that models may call',
    options: whose,
    examples: ['nexus tools list', 'nexus tools list --tier fast', 'nexus tools list --agent support --json'],
    async run(io) {
      const listed = await io.call('tools.list', paramsOf(io.options)) as Listed
      io.print(toolsText(listed, paintOf(io)), listed)
    },
  }),
  'tools explain': command({
    summary: 'Show whether a tool may be used, and which step and rule decide',
    args: ['<name>'],
    options: { ...whose, provider: { summary: 'With this provider', value: 'ID' }, model: { summary: 'With this model of it', value: 'ID' } },
    examples: ['nexus tools explain write', 'nexus tools explain fetch --agent support', 'nexus tools explain exec --json'],
    async run(io) {
      const explained = await io.call('tools.explain', { name: io.args['name'], ...paramsOf(io.options) }) as Explained
      io.print(explanationText(explained, paintOf(io)), explained)
    },
  }),
})
