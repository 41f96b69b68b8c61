/** The files of an agent's workspace that tell it who it is and how to work. They stand in its system prompt. */
import { NexusError } from 'nexus-gateway/sdk'
import { neutral } from '../external-content/contract.ts'
import type { WorkspaceApi, WorkspaceFiles } from '../workspace/contract.ts'
import { cut } from './prune.ts'
import type { AgentProfile } from './profiles.ts'

/** A sub-agent has a task of its own and needs to know neither who it is nor for whom. */
const forSubagents: ReadonlySet<string> = new Set(['AGENTS.md', 'TOOLS.md'])
/** Each may have as many characters as `bootstrap.totalChars` allows. */
const maxRemembered = 100

export type Bootstrap = (profile: AgentProfile, root: string | undefined, isSubagent: boolean) => Promise<string>

const freshMs = 1_000

/** Looked at while the message of a run is written down; good for that run if it begins right then. */
export function lookedAhead(bootstrap: Bootstrap, profile: AgentProfile, now: () => number): Bootstrap {
  const at = now()
  const text = bootstrap(profile, profile.workspace, false)
  text.catch(() => {}) // whoever needs it is told
  return (one, root, isSubagent) => (!isSubagent && root === profile.workspace && Math.abs(now() - at) < freshMs ? text : bootstrap(one, root, isSubagent))
}

/** Files are read again only when one of them has changed. A file that cannot be read is told of to `problem` and left out. */
export function createBootstrap(workspace: WorkspaceApi | undefined, problem: (name: string, error: unknown) => void): Bootstrap {
  const known = new Map<string, { readonly seen: string; readonly text: string }>()

  /** `undefined`: it is there and cannot be read, which is told again in the next run. */
  async function read(files: WorkspaceFiles, name: string): Promise<string | undefined> {
    try {
      const found = await files.stat(name)
      if (found?.type !== 'file') return ''
      return neutral(new TextDecoder().decode((await files.read(name)).bytes).trim())
    } catch (error) {
      if (error instanceof NexusError && error.code === 'NEXUS_WORKSPACE_NOT_FOUND') return ''
      problem(name, error)
      return undefined
    }
  }

  function remember(key: string, seen: string, text: string): void {
    known.delete(key)
    known.set(key, { seen, text })
    const [oldest] = known.keys()
    if (known.size > maxRemembered && oldest !== undefined) known.delete(oldest)
  }

  return async ({ id, bootstrap: { files: names, maxChars, totalChars } }, root, isSubagent) => {
    if (!workspace) return ''
    const folder = root ?? workspace.rootOf(id)
    const wanted = isSubagent ? names.filter((name) => forSubagents.has(name)) : names
    if (wanted.length === 0) return ''
    // Most agents have no folder until they write something.
    const seen = await workspace.glance(folder, wanted)
    if (seen === undefined) return ''
    const key = `${maxChars} ${totalChars} ${wanted.join(' ')} ${folder}`
    const before = known.get(key)
    if (before?.seen === seen) return before.text
    const files = workspace.files(folder)
    const texts = await Promise.all(wanted.map((name) => read(files, name)))
    const text = sectionsOf(wanted, texts, maxChars, totalChars)
    if (texts.every((one) => one !== undefined)) remember(key, seen, text)
    return text
  }
}

function sectionsOf(names: readonly string[], texts: readonly (string | undefined)[], maxChars: number, totalChars: number): string {
  const sections: string[] = []
  let left = totalChars
  for (const [at, text = ''] of texts.entries()) {
    const most = Math.min(maxChars, left)
    if (text === '' || most < 100) continue
    const shown = text.length <= most ? text : cut(text, most)
    left -= shown.length
    sections.push(`## ${names[at]}\n\n${shown}`)
  }
  return sections.length === 0 ? '' : `# Project Context\n\nThe following files of the workspace have been loaded:\n\n${sections.join('\n\n')}`
}
