import type { Plugin } from 'nexus-gateway/sdk'
import { check } from 'nexus-gateway/sdk/hosting'
import { fail } from './definition.ts'

/** What the plugin's own schema makes of its block. Throws NEXUS_PLUGIN_CONFIG. */
export function settingsOf(plugin: Plugin, block: unknown): unknown {
  if (!plugin.config) return undefined
  const checked = check(plugin.config, block ?? {})
  if (!checked.ok) throw fail('NEXUS_PLUGIN_CONFIG', { plugin: plugin.id, faults: checked.faults })
  return checked.value
}
