/** The plugin's block in `nexus.json5`. */
import * as v from 'valibot'
import { NexusError } from 'nexus-gateway/sdk'
import { languageModelSettings } from '../models/contract.ts'
import { presetNames, presets } from './presets.ts'

const ms = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_600_000))

export const config = v.strictObject({
  ...languageModelSettings,
  preset: v.optional(v.pipe(v.picklist(presetNames), v.description('A well-known server, in place of its base URL.'))),
  baseUrl: v.optional(v.pipe(v.string(), v.regex(/^https?:\/\/\S+$/), v.description('Up to and with the version, such as http://localhost:11434/v1.'))),
  name: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*$/), v.description('The provider\'s id in references such as NAME/model; without it the preset\'s, or openai-compatible.'))),
  timeoutMs: v.optional(v.pipe(ms, v.description('Milliseconds until the answer begins.')), 120_000),
  stallMs: v.optional(v.pipe(ms, v.description('Milliseconds between two pieces of it.')), 60_000),
})

export type Config = v.InferOutput<typeof config>

export const errors = {
  NEXUS_PROVIDER_NO_SERVER: { text: 'provider-openai-compatible does not know where its server is', fix: `Set \`provider-openai-compatible.baseUrl\`, or \`preset\` to one of ${presetNames.join(', ')}.` },
} as const

/** Throws NEXUS_PROVIDER_NO_SERVER. */
export function placeOf({ baseUrl, preset, name }: Config): { readonly baseUrl: string; readonly name: string } {
  const url = baseUrl ?? (preset && presets[preset])
  if (url === undefined) throw new NexusError('NEXUS_PROVIDER_NO_SERVER', errors.NEXUS_PROVIDER_NO_SERVER)
  return { baseUrl: url, name: name ?? preset ?? 'openai-compatible' }
}
