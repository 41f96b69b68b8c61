/** What a choice amounts to in `nexus.json5`: as a new file with comments, or as changes of the one that is there. Pure. */
import { pathText, valueAt, type KeyPath } from 'nexus-gateway/sdk'
import type { Choice } from './choices.ts'

export interface Chosen {
  readonly choice: Choice
  /** Where it is not where the choice is by itself. */
  readonly url: string | undefined
  readonly model: string
  /** Where the key is, such as `file:keys/openai`. */
  readonly key: string | undefined
  /** The server does not say that it has it. */
  readonly unlisted: boolean
}
export interface Edit { readonly set: readonly { readonly path: string; readonly value: unknown }[]; readonly unset: readonly string[] }
type Tree = Readonly<Record<string, unknown>>

export const referenceTo = ({ choice, model }: Pick<Chosen, 'choice' | 'model'>): string => `${choice.prefix}/${model}`

/** The provider's block, besides what somebody has said there that stays right. */
function blockOf({ choice, url, key, model, unlisted }: Chosen): Record<string, unknown> {
  if (choice.id === 'demo') return {}
  return {
    ...(choice.preset !== undefined && { preset: choice.preset }),
    ...(url !== undefined && url !== choice.url && { baseUrl: url }),
    ...(key !== undefined && { apiKey: { $secret: key } }),
    ...(unlisted && { models: [{ id: model }] }),
  }
}

/** `parsed`: the file's own tree. */
export function editFor(chosen: Chosen, parsed: Tree): Edit {
  const { plugin } = chosen.choice
  const block = blockOf(chosen)
  const old = (valueAt(parsed, [plugin]) ?? {}) as Tree
  const isOther = ['preset', 'baseUrl'].some((key) => (old[key] ?? undefined) !== (block[key] ?? undefined)) && Object.keys(old).length > 0
  // What is said of another server, its keys and models, is not true of this one.
  const stale = isOther ? ['preset', 'baseUrl', 'name', 'apiKey', 'accounts', 'models'] : 'models' in block ? [] : ['models'].filter((key) => !hasModel(old[key], chosen.model))
  const wanted: (readonly [KeyPath, unknown])[] = [[['models', 'default'], referenceTo(chosen)], ...Object.entries(block).map(([key, value]) => [[plugin, key], value] as const), ...listFor(plugin, parsed)]
  // A provider without a word in the settings would not be turned on.
  if (Object.keys(block).length === 0 && chosen.choice.id !== 'demo' && Object.keys(old).length === 0) wanted.push([[plugin], {}])
  return {
    set: wanted.map(([path, value]) => ({ path: pathText(path), value })),
    unset: stale.filter((key) => Object.hasOwn(old, key) && !Object.hasOwn(block, key)).map((key) => pathText([plugin, key])),
  }
}

const hasModel = (models: unknown, id: string): boolean => !Array.isArray(models) || models.some((one) => (one as { id?: unknown } | null)?.id === id)

/** Where the list leaves the plugin out, settings alone do not turn it on. */
function listFor(plugin: string, { plugins }: Tree): (readonly [KeyPath, unknown])[] {
  if (!Array.isArray(plugins)) return []
  const list = plugins.filter((entry) => entry !== `-${plugin}`)
  const isOut = list.length !== plugins.length || (list.includes('-*') && list.lastIndexOf(plugin) < list.lastIndexOf('-*'))
  return isOut ? [[['plugins'], [...list, plugin]]] : []
}

/** What would be different, a line each; secrets are shown as where they are. */
export function changesOf({ set, unset }: Edit, before: Tree): string[] {
  const lines = set.flatMap(({ path, value }) => {
    const old = valueAt(before, path.split('.'))
    if (JSON.stringify(old) === JSON.stringify(value)) return []
    return [`${old === undefined ? '+' : '~'} ${path}: ${old === undefined ? '' : `${shown(old)} → `}${shown(value)}`]
  })
  return [...lines, ...unset.map((path) => `- ${path}`)]
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? ''
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

/** A whole file, for somebody who sees one for the first time. */
export function freshText(chosen: Chosen): string {
  const { choice: { plugin, title }, key } = chosen
  const block = Object.entries(blockOf(chosen)).map(([name, value]) => `    ${name}: ${literal(value)},`)
  const about = key === undefined ? [] : ['  // The key is not in here: this says where it is. Besides file: there are env:NAME, exec:COMMAND and store:NAME.']
  const provider = plugin === 'provider-demo' ? [] : ['', `  // ${title}. Settings alone turn a provider on; \`nexus help plugins\` tells about the list \`plugins\`.`, ...about, ...(block.length > 0 ? [`  '${plugin}': {`, ...block, '  },'] : [`  '${plugin}': {},`])]
  return [
    '// Settings of the gateway, in JSON5: comments, bare keys and trailing commas are fine. Edit them while it runs.',
    '// `nexus config validate` checks them, `nexus config explain KEY` tells about one, `nexus config schema` lists them all.',
    '{',
    '  // The model that answers where none is named. `nexus models list` shows what there is.',
    `  models: { default: ${literal(referenceTo(chosen))} },`,
    ...provider,
    '',
    '  // Who can reach the gateway: this machine, until you say more.',
    '  // gateway: { port: 19789, bind: \'loopback\' },',
    '}',
    '',
  ].join('\n')
}

/** JSON5, on one line. */
function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null) return `{ ${Object.entries(value).map(([key, inner]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key)}: ${literal(inner)}`).join(', ')} }`
  return String(value)
}
