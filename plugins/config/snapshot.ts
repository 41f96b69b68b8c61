/** The answer of `config.get`: made when the settings have changed, and given out as it is until they change again. */
import { faultText, type ConfigControlApi, type ConfigView } from 'nexus-gateway/sdk'
import type { ConfigSnapshot } from './contract.ts'
import { parseDocument } from './edit-document.ts'
import { issueOf } from './issues.ts'
import { redactText, redactTree } from './redact.ts'

export interface Snapshots { get(): ConfigSnapshot | Promise<ConfigSnapshot> }

export function snapshots(control: ConfigControlApi): Snapshots {
  let seen: readonly unknown[] = []
  let made: ConfigSnapshot | undefined
  let making: Promise<ConfigSnapshot> | undefined

  function get(): ConfigSnapshot | Promise<ConfigSnapshot> {
    const view = control.current()
    const mode = control.mode()
    const now = [view.hash, view.exists, view.text, view.resolved, view.merged, view.faults, view.notes, mode.mode, mode.reasons.join('\n')]
    if (making && now.every((part, i) => part === seen[i])) return made ?? making
    seen = now
    made = undefined
    const fresh = snapshotOf(view, mode, control)
    making = fresh
    // One that could not be made is made anew at the next call; a later one has taken its place.
    fresh.then((snapshot) => { if (making === fresh) made = snapshot }, () => { if (making === fresh) making = undefined })
    return fresh
  }
  return { get }
}

async function snapshotOf(view: ConfigView, { mode, reasons }: ReturnType<ConfigControlApi['mode']>, control: ConfigControlApi): Promise<ConfigSnapshot> {
  const schema = control.schema()
  const document = await parseDocument(view.text).catch(() => undefined /* `issues` say what is wrong with it */)
  const resolved = redactTree(view.merged, schema, view.raw)
  const config = redactTree(view.resolved, schema, view.raw)
  return {
    path: view.file, exists: view.exists, hash: view.hash,
    raw: document ? redactText(document, schema) : null,
    parsed: redactTree(view.raw, schema), resolved, sourceConfig: resolved, config, runtimeConfig: config,
    valid: view.faults.length === 0,
    issues: view.faults.map((fault) => ({ ...issueOf(fault), message: faultText({ path: [], what: fault.what, ...(fault.meant !== undefined && { meant: fault.meant }) }) })),
    warnings: view.notes.map((message) => ({ path: '', message })),
    legacyIssues: [],
    includedPaths: view.files.filter((file) => file !== view.file && !file.endsWith('.env')),
    includeProvenance: [], agentRosterIncludeOwned: false, bindingsIncludeOwned: false,
    mode, reasons: [...reasons],
  }
}
