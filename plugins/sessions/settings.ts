/** Settings of a session: checked, changed, and under their wire names. */
import type { SessionSettings, SettingsPatch } from './contract.ts'
import { fail } from './errors.ts'

const maxText = 1024
const maxLabel = 512
const maxDepth = 100
const maxExtraBytes = 64 * 1024

type Check = readonly [holds: (value: unknown) => boolean, rule: string]
const isText = (max: number) => (value: unknown): boolean => typeof value === 'string' && value.trim() !== '' && value.length <= max
const text: Check = [isText(maxText), `Use a text of 1 to ${maxText} characters.`]
const oneOf = (...values: readonly string[]): Check => [(value) => values.includes(value as string), `Use one of ${values.join(', ')}.`]

const checks: { readonly [K in Exclude<keyof SessionSettings, 'extra'>]-?: Check } = {
  label: [isText(maxLabel), `Use a text of 1 to ${maxLabel} characters.`],
  model: text, thinking: text, verbose: text, reasoning: text, elevated: text,
  usage: oneOf('off', 'tokens', 'full', 'on'),
  queueMode: oneOf('collect', 'followup', 'steer', 'interrupt'),
  sendPolicy: oneOf('allow', 'deny'),
  groupActivation: oneOf('mention', 'always'),
  execHost: text, execSecurity: text, execAsk: text, execNode: text,
  spawnedBy: text,
  spawnDepth: [(value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxDepth, `Use a whole number from 0 to ${maxDepth}.`],
}

/** Throws NEXUS_SESSIONS_SETTING, which names the setting and never its value. */
export function patched(settings: SessionSettings, { extra, ...patch }: SettingsPatch): SessionSettings {
  const next: Record<string, unknown> = { ...settings }
  for (const [name, value] of Object.entries(patch)) {
    const check = Object.hasOwn(checks, name) ? checks[name as keyof typeof checks] : undefined
    if (!check) throw fail('NEXUS_SESSIONS_SETTING', { name: 'named there', rule: `Use one of ${Object.keys(checks).join(', ')}, extra.` })
    if (value === undefined) continue
    if (value === null) delete next[name]
    else if (!check[0](value)) throw fail('NEXUS_SESSIONS_SETTING', { name, rule: check[1] })
    else next[name] = value
  }
  if (extra) next['extra'] = extraOf(settings.extra ?? {}, extra)
  if (next['extra'] && Object.keys(next['extra']).length === 0) delete next['extra']
  return next as SessionSettings
}

function extraOf(present: Readonly<Record<string, unknown>>, patch: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const next = { ...present, ...patch }
  for (const [name, value] of Object.entries(next)) if (value === null || value === undefined) delete next[name]
  if (Buffer.byteLength(JSON.stringify(next)) > maxExtraBytes) throw fail('NEXUS_SESSIONS_SETTING', { name: 'extra', rule: `Keep it below ${maxExtraBytes} bytes of JSON.` })
  return next
}

// ── Wire names ──────────────────────────────────────────────────────────────────────────────────

const wireNames = {
  label: 'label', model: 'model', thinking: 'thinkingLevel', verbose: 'verboseLevel', reasoning: 'reasoningLevel', elevated: 'elevatedLevel',
  usage: 'responseUsage', queueMode: 'queueMode', sendPolicy: 'sendPolicy', groupActivation: 'groupActivation',
  execHost: 'execHost', execSecurity: 'execSecurity', execAsk: 'execAsk', execNode: 'execNode', spawnedBy: 'spawnedBy', spawnDepth: 'spawnDepth',
} as const satisfies Record<Exclude<keyof SessionSettings, 'extra'>, string>
type Names = typeof wireNames
export type WireSettings = { readonly [K in keyof Names as Names[K]]?: SessionSettings[K] }

export function toWire(settings: SessionSettings = {}): WireSettings {
  return Object.fromEntries(Object.entries(wireNames).flatMap(([name, wire]) => {
    const value = settings[name as keyof Names]
    return value === undefined ? [] : [[wire, value]]
  }))
}

/** The settings among the params; `null` stays, as it clears one. */
export function fromWire(params: Readonly<Record<string, unknown>>): SettingsPatch {
  return Object.fromEntries(Object.entries(wireNames).flatMap(([name, wire]) => (params[wire] === undefined ? [] : [[name, params[wire]]])))
}
