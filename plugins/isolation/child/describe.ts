import { pack } from 'nexus-gateway/sdk/pack'
import type { Manifest } from 'nexus-gateway/sdk'
import type { Link } from '../wire/link.ts'
import type { DescribeBody } from '../wire/messages.ts'
import { commandsIn, definitionIn, modulesOf } from './definition.ts'

/** The whole manifest of a plugin, as its code says. */
export async function describe(link: Link, { entry, cli }: DescribeBody): Promise<Manifest> {
  const modules = modulesOf(link)
  const plugin = await definitionIn(modules, entry)
  const commands = cli === undefined ? {} : await commandsIn(modules, cli)
  return pack(plugin, { entry, ...(cli !== undefined && { cli }) }, commands)
}
