/** The files of an agent's workspace that tell it who it is and how to work. They stand in its system prompt. */
import { NexusError } from 'nexus-gateway/sdk'
import { neutral } from '../external-content/contract.ts'
import type { WorkspaceApi, WorkspaceFiles } from '../workspace/contract.ts'
import { cut } from './prune.ts'
import type { AgentProfile } from './profiles.ts'

/** A sub-agent has a task of its own and needs to know neither who it is nor for whom. */
const forSubagents: ReadonlySet<string> = new Set(['AGENTS.md', 'TOOLS.md'])
const maxRemembered = 500

export type Bootstrap = (profile: AgentProfile, root: string | undefined, isSubagent: boolean) => Promise<string>

/** Files are read again only when they have changed. A file that cannot be read is told of to `problem` and left out. */
export function createBootstrap(workspace: WorkspaceApi | undefined, problem: (name: string, error: unknown) => void): Bootstrap {
  const known = new Map<string, { readonly version: string; readonly text: string }>()

  async function read(files: WorkspaceFiles, root: string, name: string): Promise<string> {
    const key = `${root}\n${name}`
    try {
      const found = await files.stat(name)
      if (found?.type !== 'file') return ''
      const before = known.get(key)
      if (before?.version === found.version) return before.text
      const { bytes, version } = await files.read(name)
      const text = neutral(new TextDecoder().decode(bytes).trim())
      known.delete(key)
      known.set(key, { version, text })
      const [oldest] = known.keys()
      if (known.size > maxRemembered && oldest !== undefined) known.delete(oldest)
      return text
    } catch (error) {
      if (!(error instanceof NexusError && error.code === 'NEXUS_WORKSPACE_NOT_FOUND')) problem(name, error)
      return ''
    }
  }

  return async ({ id, bootstrap: { files: names, maxChars, totalChars } }, root, isSubagent) => {
    if (!workspace) return ''
    const folder = root ?? workspace.rootOf(id)
    const files = workspace.files(folder)
    // Most agents have no folder until they write something. What keeps it from being looked at is told of each file.
    if (await files.stat('.').catch(() => true) === undefined) return ''
    const wanted = names.filter((name) => !isSubagent || forSubagents.has(name))
    const texts = await Promise.all(wanted.map((name) => read(files, folder, name)))
    const sections: string[] = []
    let left = totalChars
    for (const [at, text] of texts.entries()) {
      const most = Math.min(maxChars, left)
      if (text === '' || most < 100) continue
      const shown = text.length <= most ? text : cut(text, most)
      left -= shown.length
      sections.push(`## ${wanted[at]}\n\n${shown}`)
    }
    return sections.length === 0 ? '' : `# Project Context\n\nThe following files of the workspace have been loaded:\n\n${sections.join('\n\n')}`
  }
}
