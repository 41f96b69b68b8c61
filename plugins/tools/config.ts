/** The plugin's settings. */
import * as v from 'valibot'
import { ToolPattern, ToolPolicy } from './policy.ts'

const upTo = (most: number, least: number, text: string) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most), v.description(text))
const patterns = (text: string) => v.optional(v.pipe(v.array(ToolPattern), v.maxLength(500), v.description(text)))

/** `tools.http`: what may not be reached by POST /tools/invoke unless the settings say so. The first ones act for others or run programs. */
export const httpDeny = ['sessions_spawn', 'sessions_send', 'gateway', 'whatsapp_login', 'exec', 'spawn', 'shell', 'fs_write', 'fs_delete', 'fs_move', 'apply_patch', 'cron', 'nodes'] as const

export const ToolsConfig = v.strictObject({
  timeoutMs: v.optional(upTo(3_600_000, 1, 'Milliseconds a tool may take that names no time of its own.'), 60_000),
  maxOutputChars: v.optional(upTo(1_000_000, 100, 'Characters of a result; the rest is cut.'), 50_000),
  ...ToolPolicy.entries,
  byProvider: v.optional(v.pipe(v.record(v.string(), ToolPolicy), v.description('Policies by PROVIDER and by PROVIDER/MODEL.'))),
  tiers: v.optional(v.strictObject({ fast: v.optional(ToolPolicy), balanced: v.optional(ToolPolicy), capable: v.optional(ToolPolicy) })),
  approval: patterns('Tools that never run without somebody\'s consent.'),
  http: v.optional(v.strictObject({
    allow: patterns('Tools that POST /tools/invoke may reach although it usually may not.'),
    deny: patterns('Tools that it may not reach.'),
  }), {}),
})
export type ToolsConfig = v.InferOutput<typeof ToolsConfig>
