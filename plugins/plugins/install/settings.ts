/** The one place where installing changes the settings: the list `plugins` and `pluginPolicy.trusted`, with all else and every comment kept. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Call, ConfigView } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { listed, unlisted } from './config-list.ts'
import { policyOf } from './policy.ts'
import type { Changed, Tools } from './tools.ts'

export interface Wish {
  readonly id: string
  /** `unlisted`: taken out. `off`: also where something else than the list turns it on. `gone`: nothing of it stays. */
  readonly list?: 'on' | 'unlisted' | 'off' | 'gone'
  readonly trust?: boolean
}
interface Edit { readonly set: { path: string; value: unknown }[]; readonly unset: string[] }

const tries = 3
const raced: readonly string[] = ['NEXUS_CONFIG_STALE', 'NEXUS_CONFIG_CONFLICT']

/** Also where nothing has to be written, the gateway looks anew at what is installed. Throws NEXUS_PLUGINS_LIST_ELSEWHERE and what `config.edit` throws; then nothing is changed. */
export async function applySettings(wish: Wish, call: Call, tools: Tools): Promise<Changed> {
  for (let left = tries; ; left--) {
    try {
      return await applied(wish, call, tools)
    } catch (error) {
      if (left <= 1 || !(error instanceof NexusError && raced.includes(error.code))) throw error
    }
  }
}

async function applied(wish: Wish, call: Call, tools: Tools): Promise<Changed> {
  const view = await tools.control.check()
  const edit = await editOf(wish, view, tools)
  if (edit.set.length + edit.unset.length > 0) {
    const { noop, report } = await tools.edit({ ...(view.exists && { baseHash: view.hash }), ...edit }, call)
    if (!noop) return report
  }
  return (await tools.control.write(view.text, view.exists ? { baseHash: view.hash } : {}, call)).report
}

/** Puts the text back that was there before. */
export async function restoreSettings(before: ConfigView, call: Call, { control }: Tools): Promise<void> {
  const now = await control.check()
  await control.write(before.exists ? before.text : '{}\n', { ...(now.exists && { baseHash: now.hash }), force: true }, call)
}

async function editOf({ id, list, trust }: Wish, view: ConfigView, tools: Tools): Promise<Edit> {
  const edit: Edit = { set: [], unset: [] }
  const before = await listOf(view, tools)
  const after = edited(before, id, list)
  if (after.length !== before.length || after.some((entry, i) => entry !== before[i])) edit.set.push({ path: 'plugins', value: after })
  const trusted = policyOf(view).trusted
  if (trust) edit.set.push({ path: 'pluginPolicy.trusted', value: [...trusted, id] })
  // Whoever comes next under this id is somebody else.
  if (list === 'gone' && trusted.includes(id) && rawTrusted(view)) edit.set.push({ path: 'pluginPolicy.trusted', value: trusted.filter((one) => one !== id) })
  // Settings of a plugin that is not there are a fault; what they were stands in the backup.
  if (list === 'gone' && Object.hasOwn(view.raw, id)) edit.unset.push(id)
  return edit
}

function edited(before: readonly string[], id: string, list: Wish['list']): readonly string[] {
  if (list === undefined) return before
  if (list === 'on') return listed(before, id)
  const after = unlisted(before, id, list === 'off')
  return list === 'gone' ? after.filter((entry) => entry !== `-${id}`) : after
}

/** The file's own list. One that another file or the environment gives cannot be edited here. */
async function listOf(view: ConfigView, { control }: Tools): Promise<string[]> {
  const { raw: { plugins: own }, merged: { plugins: all } } = view
  if (own === undefined && all !== undefined) {
    const { place, name } = await control.explain(['plugins'])
    throw fail('NEXUS_PLUGINS_LIST_ELSEWHERE', { place: place ? `${place.file}:${place.line}` : name ?? 'another layer' })
  }
  return Array.isArray(own) ? own.map(String) : []
}

function rawTrusted({ raw }: ConfigView): boolean {
  const policy = raw['pluginPolicy'] as { trusted?: unknown } | undefined
  return Array.isArray(policy?.trusted)
}
