/** What is to be known of one key, and of the schema. */
import { nearest, parsePath, pathText, valueAt, type ConfigControlApi, type KeyPath } from 'nexus-gateway/sdk'
import type { ConfigExplanation, ConfigSchema } from './contract.ts'
import { hintsOf, isAgentWritable, keysAfter, waysTo } from './marks.ts'
import { redactTree } from './redact.ts'
import { isTable } from './tree.ts'

const mostKeys = 200

export async function explain(control: ConfigControlApi, text: string): Promise<ConfigExplanation> {
  const path = parsePath(text)
  const view = control.current()
  const schema = control.schema()
  const ways = waysTo(schema, path)
  const value = valueAt(view.resolved, path)
  const { layer, place, variables, name } = await control.explain(path)
  const meant = ways.length > 0 ? undefined : meantBy(control, path)
  const secret = ways.some((way) => way.secret)
  const source = sourceOf(valueAt(view.merged, path))
  const { type, enum: choices, default: preset, description } = Object.assign({}, ...ways.map((way) => way.schema).reverse()) as (typeof ways)[number]['schema']
  return {
    path: pathText(path), set: value !== undefined,
    ...(value !== undefined && { value: valueAt(redactTree(view.resolved, schema, view.raw), path) }),
    layer: layer === 'none' && value !== undefined ? 'default' : layer,
    ...(place && { place }),
    variables: [...variables],
    ...(name !== undefined && { name }),
    known: ways.length > 0,
    ...(meant !== undefined && { meant }),
    secret,
    ...(source !== undefined && { source }),
    agentWritable: isAgentWritable(schema, path),
    ...(type !== undefined && { type }),
    ...(choices && { enum: [...choices] }),
    ...(preset !== undefined && !secret && { default: preset }),
    ...(description !== undefined && { description }),
    keys: keysAfter(schema, path).slice(0, mostKeys),
  }
}

/** The whole path with its first unknown key put right. */
function meantBy(control: ConfigControlApi, path: KeyPath): string | undefined {
  const schema = control.schema()
  const at = path.findIndex((_, i) => waysTo(schema, path.slice(0, i + 1)).length === 0)
  const near = nearest(String(path[at]), keysAfter(schema, path.slice(0, at)))
  return near === undefined ? undefined : pathText([...path.slice(0, at), near, ...path.slice(at + 1)])
}

function sourceOf(value: unknown): string | undefined {
  const text = isTable(value) ? value['$secret'] : undefined
  // Of a command its name only: what follows may hold a secret.
  return typeof text === 'string' ? /^(?:(?:env|file|store):[^\0\r\n]+|exec:[\w./~-]+)/.exec(text)?.[0] : undefined
}

export function schemaAnswer(control: ConfigControlApi, version: string, now: number): ConfigSchema {
  const schema = control.schema()
  return { schema: { $schema: 'http://json-schema.org/draft-07/schema#', ...schema }, uiHints: hintsOf(schema), version, generatedAt: new Date(now).toISOString() }
}
