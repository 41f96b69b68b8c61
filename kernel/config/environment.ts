/** The variables that settings may name, and their place in texts: `${NAME}`, and `$${NAME}` for the text itself. */
import type { ConfigFault } from './fault.ts'
import { pathText, type KeyPath } from './path.ts'
import { isReference, sourceOf } from './secret-source.ts'
import { nearest } from './suggest.ts'
import { isTable, type Table } from './table.ts'

export type Variables = Readonly<Record<string, string>>

export interface Environment {
  /** Of the process, over the block `env`, over `.env`, over the login shell. */
  readonly env: Variables
  /** The tree with every variable in its place. */
  readonly tree: Table
  /** By the path as a text: values that are one variable and nothing else. */
  readonly texts: ReadonlyMap<string, string>
  readonly faults: readonly ConfigFault[]
  readonly notes: readonly string[]
}
interface ShellEnv { readonly enabled: boolean; readonly timeoutMs: number }

const variable = /\$?\$\{([A-Z_][A-Z0-9_]*)\}/g
const alone = /^\$\{[A-Z_][A-Z0-9_]*\}$/
const shellTimeoutMs = 5_000

export async function environment(tree: Table, dotenv: Variables, processEnv: NodeJS.ProcessEnv): Promise<Environment> {
  const outer = layered(dotenv, processEnv)
  const faults: ConfigFault[] = []
  const notes: string[] = []
  const block = expand(blockOf(tree, faults), outer, ['env'], { faults }) as Variables
  const own = layered({ ...dotenv, ...block }, processEnv)
  const { enabled, timeoutMs } = shellEnvOf(tree)
  const missing = enabled ? expectedNames(tree).filter((name) => !isSet(own, name)) : []
  const found = missing.length > 0 ? await (await import('./shell.ts')).shellVariables(missing, processEnv, timeoutMs) : {}
  if (!found) notes.push(`the login shell did not give its variables within ${timeoutMs} ms`)
  const env = { ...own, ...found }
  const texts = new Map<string, string>()
  const { env: given, ...rest } = tree
  const expanded = expand(rest, env, [], { faults, texts, notes }) as Table
  return { env, tree: isTable(given) ? { ...expanded, env: { ...given, ...block } } : { ...expanded, ...(given !== undefined && { env: given }) }, texts, faults, notes }
}

/** An empty variable is as good as none: service files and containers set them so. */
function layered(under: Variables, over: NodeJS.ProcessEnv): Variables {
  const env: Record<string, string> = { ...under }
  for (const [name, value] of Object.entries(over)) if (value || (value === '' && !Object.hasOwn(env, name))) env[name] = value
  return env
}

const isSet = (env: Variables, name: string): boolean => Object.hasOwn(env, name) && env[name] !== ''

/** The variables that the block sets; what is of the wrong type is the schema's to tell. */
function blockOf(tree: Table, faults: ConfigFault[]): Variables {
  if (!isTable(tree['env'])) return {}
  const entries = Object.entries(tree['env']).filter(([name]) => name !== 'shellEnv')
  for (const [name, value] of entries) {
    if (isReference(value)) faults.push({ path: ['env', name], what: 'must be a string: a variable cannot be a reference to a secret' })
    else if (!/^[A-Za-z_]\w*$/.test(name)) faults.push({ path: ['env', name], what: 'is no name for a variable: it may have letters, digits and _' })
  }
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function shellEnvOf(tree: Table): ShellEnv {
  const given = isTable(tree['env']) && isTable(tree['env']['shellEnv']) ? tree['env']['shellEnv'] : {}
  const { enabled, timeoutMs } = given
  return { enabled: enabled === true, timeoutMs: typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= 60_000 ? timeoutMs : shellTimeoutMs }
}

/** Every variable that a text or a reference to a secret names. */
function expectedNames(tree: unknown): string[] {
  if (typeof tree === 'string') return variablesIn(tree)
  if (typeof tree !== 'object' || tree === null) return []
  const source = isReference(tree) ? sourceOf(tree) : undefined
  return [...(source?.kind === 'env' ? [source.name] : []), ...Object.values(tree).flatMap(expectedNames)]
}

export const variablesIn = (text: string): string[] => [...text.matchAll(variable)].filter(([whole]) => !whole.startsWith('$$')).map(([, name]) => name!)

interface Sink { readonly faults: ConfigFault[]; readonly texts?: Map<string, string>; readonly notes?: string[] }

/** A copy with every variable in its place; keys stay as they are. */
export function expand(value: unknown, env: Variables, path: KeyPath, sink: Sink): unknown {
  if (typeof value === 'string') return value.includes('${') ? expandText(value, env, path, sink) : value
  if (Array.isArray(value)) return value.map((item, i) => expand(item, env, [...path, i], sink))
  if (!isTable(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, sub]) => [key, expand(sub, env, [...path, key], sink)]))
}

function expandText(text: string, env: Variables, path: KeyPath, { faults, texts, notes }: Sink): string {
  const expanded = text.replace(variable, (whole, name: string) => {
    if (whole.startsWith('$$')) return whole.slice(1)
    if (isSet(env, name)) return env[name]!
    const meant = nearest(name, Object.keys(env), 2)
    faults.push({ path, what: `needs the variable ${name}, which is not set: not in the environment, not in .env and not under "env"`, ...(meant !== undefined && { meant }) })
    return whole
  })
  if (alone.test(text)) texts?.set(pathText(path), expanded)
  else if (/^\$\{[^{}]*\}$/.test(text)) notes?.push(`"${pathText(path)}" names no variable and stays as it stands: a variable has capital letters, digits and _`)
  return expanded
}
