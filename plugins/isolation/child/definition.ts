/** The default exports of a plugin's files, and whether they are what they should be. */
import { failures } from 'nexus-gateway/sdk'
import type { Command, Plugin } from 'nexus-gateway/sdk'
import { kernelErrors } from 'nexus-gateway/sdk/hosting'
import type { Served } from 'nexus-gateway/sdk/hosting'
import type { Link } from '../wire/link.ts'
import { createModules, type Modules } from './modules.ts'
import { createShared, type Shared } from './shared.ts'

export const fail = failures(kernelErrors)

export const modulesOf = (link: Link, shared: Shared = createShared()): Modules => createModules((specifier, from) => link.ask('load', { specifier, from }) as Promise<Served>, shared)

export async function definitionIn(modules: Modules, entry: string): Promise<Plugin> {
  const { default: plugin } = await modules.entry(entry) as { default?: Plugin }
  if (plugin?.$type !== 'nexus.plugin/1' || typeof plugin.setup !== 'function') throw fail('NEXUS_PLUGIN_NOT_A_PLUGIN', { place: entry })
  return plugin
}

export async function commandsIn(modules: Modules, cli: string): Promise<Readonly<Record<string, Command>>> {
  const { default: commands = {} } = await modules.entry(cli) as { default?: Readonly<Record<string, Command>> }
  return commands
}
