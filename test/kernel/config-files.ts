/** Settings in a directory of their own, read and checked as the gateway does. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { checkTree, type CheckedTree } from '../../kernel/config/check.ts'
import { faultText, type ConfigFault } from '../../kernel/config/fault.ts'
import { placed } from '../../kernel/config/locate.ts'
import type { JsonSchema } from '../../kernel/config/schema.ts'
import { readTree, type Tree, type TreeInput } from '../../kernel/config/tree.ts'
import type { Manifest } from '../../kernel/manifest.ts'

export interface Looked {
  readonly tree: Tree
  readonly checked: CheckedTree
  readonly faults: readonly ConfigFault[]
  /** The faults as people are told them, without the directory. */
  readonly lines: readonly string[]
  readonly notes: readonly string[]
}
export interface ConfigFiles {
  readonly dir: string
  readonly file: string
  put(name: string, content: string | Buffer): string
  /** Writes `text` as the settings, if there is one, and looks at them. */
  look(text?: string, input?: Partial<TreeInput>, schemas?: Readonly<Record<string, JsonSchema>>): Promise<Looked>
}

/** Gone when the test ends. */
export function configFiles(): ConfigFiles {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'nexus-settings-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const file = join(dir, 'nexus.json5')
  const put = (name: string, content: string | Buffer): string => {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
    return join(dir, name)
  }
  const shown = (text: string): string => text.replaceAll(`${dir}/`, '')
  return {
    dir, file, put,
    async look(text, input = {}, schemas = {}) {
      if (text !== undefined) put('nexus.json5', text)
      const tree = await readTree({ file, env: {}, ...input })
      const checked = checkTree(tree, { manifests: manifestsOf(schemas), complete: true })
      const faults = await placed(tree, [...tree.faults, ...checked.faults])
      return { tree, checked, faults, lines: faults.map((fault) => shown(faultText(fault))), notes: [...tree.notes, ...checked.notes].map(shown) }
    },
  }
}

export function manifestsOf(schemas: Readonly<Record<string, JsonSchema>>): Record<string, Manifest> {
  return Object.fromEntries(Object.entries(schemas).map(([id, config]) => [id, manifest(id, config)]))
}

function manifest(id: string, config: JsonSchema): Manifest {
  return { api: 1, id, entry: '', requires: {}, provides: [], methods: {}, events: {}, routes: {}, upgrades: {}, paths: [], commands: {}, capabilities: [], taps: [], required: false, safe: false, exclusive: false, config }
}

export const strict = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({ type: 'object', properties, required, additionalProperties: false })
