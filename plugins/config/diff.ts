/** What differs between a backup, the file, and a text for it; secrets are told to differ, and no more. */
import { pathText, valueAt, type ConfigControlApi } from 'nexus-gateway/sdk'
import type { ConfigDiff } from './contract.ts'
import { readText } from './edit.ts'
import { parseDocument } from './edit-document.ts'
import { unified } from './lines.ts'
import { redactText, redactTree } from './redact.ts'
import { changes, same } from './tree.ts'

const mostChanges = 1_000

interface Side { readonly name: string; readonly text: string }

/** Without `from`: the newest backup that says something else and the file, or the file and `raw`. */
export async function diff(control: ConfigControlApi, given: { readonly from?: string | undefined; readonly raw?: string | undefined }): Promise<ConfigDiff> {
  const { file, text, hash } = await control.check()
  const disk: Side = { name: file, text }
  const from = given.from ?? (given.raw === undefined ? (await control.history()).find((backup) => backup.hash !== hash)?.id : undefined)
  const before: Side = from === undefined ? (given.raw === undefined ? { name: 'nothing', text: '' } : disk) : { name: from, text: await control.backup(from) }
  const after: Side = given.raw === undefined ? disk : { name: 'given text', text: given.raw }
  return compared(control, before, after)
}

async function compared(control: ConfigControlApi, before: Side, after: Side): Promise<ConfigDiff> {
  const schema = control.schema()
  const [old, fresh] = await Promise.all([before, after].map(async ({ text }) => {
    const [tree, document] = await Promise.all([readText(text), parseDocument(text)])
    return { tree, shown: redactTree(tree, schema), text: redactText(document, schema) }
  }))
  return {
    from: before.name, to: after.name,
    changes: changes(old!.tree, fresh!.tree).slice(0, mostChanges).map((path) => {
      const [a, b] = [valueAt(old!.tree, path), valueAt(fresh!.tree, path)]
      const [shownA, shownB] = [valueAt(old!.shown, path), valueAt(fresh!.shown, path)]
      return {
        path: pathText(path), kind: a === undefined ? 'added' as const : b === undefined ? 'removed' as const : 'changed' as const,
        ...(a !== undefined && { before: shownA }), ...(b !== undefined && { after: shownB }),
        secret: !same(a, shownA) || !same(b, shownB),
      }
    }),
    text: unified(old!.text, fresh!.text),
  }
}
