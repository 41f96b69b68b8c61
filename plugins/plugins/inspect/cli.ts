import { command, paintOf } from 'nexus-gateway/sdk'
import type { Command, CommandIo } from 'nexus-gateway/sdk'
import type { Change, PluginInfo, PluginRow, PluginWhy } from '../contract.ts'
import { changeText, infoText, listTable, whyText } from './table.ts'

const idOf = ({ args }: CommandIo): string => String(args['id'])

export const inspectCommands: Readonly<Record<string, Command>> = {
  'plugins list': command({
    summary: 'List the plugins of the running gateway',
    async run(io) {
      const answer = await io.call('plugins.list') as { plugins: PluginRow[] }
      io.print(listTable(answer.plugins, paintOf(io)), answer)
    },
  }),
  'plugins info': command({
    summary: 'Show all there is to know of a plugin: as `why`, and what it offers, needs and owns',
    args: ['<id>'],
    async run(io) {
      const info = await io.call('plugins.info', { id: idOf(io) }) as PluginInfo
      io.print(infoText(info, paintOf(io)), info)
    },
  }),
  'plugins why': command({
    summary: 'Show in short who asked for a plugin, its state, and what each phase took',
    args: ['<id>'],
    async run(io) {
      const why = await io.call('plugins.why', { id: idOf(io) }) as PluginWhy
      io.print(whyText(why, paintOf(io)), why)
    },
  }),
  'plugins reload': command({
    summary: 'Read a plugin anew; the old one serves on if that fails',
    args: ['<id>'],
    async run(io) {
      const change = await io.call('plugins.reload', { id: idOf(io) }) as Change
      io.print(changeText(change, idOf(io)), change)
    },
  }),
}
