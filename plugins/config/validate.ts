/** The answer of `config.validate`: what a write of the same text would say, all of it at once. */
import { NexusError, valueAt, type Call, type ConfigControlApi } from 'nexus-gateway/sdk'
import { sentinel, type ConfigIssue, type ConfigVerdict } from './contract.ts'
import { readText } from './edit.ts'
import { issuesOf } from './issues.ts'
import { settle } from './settle.ts'
import { checkBeforehand, rawOf } from './write.ts'

export async function validate(control: ConfigControlApi, raw: string | undefined, call: Call): Promise<ConfigVerdict> {
  const disk = await control.check()
  const before = { raw: await rawOf(disk), merged: disk.merged, shown: {} }
  if (raw !== undefined) await checkBeforehand(control, raw, before.raw, call)
  const view = raw === undefined ? disk : await control.check(raw)
  const given = raw === undefined ? undefined : await readText(raw).catch(() => undefined /* the faults say why */)
  // Where the sentinel stands, the secret that it stands for was checked when it was written.
  const faults = view.faults.filter(({ path }) => valueAt(given, path) !== sentinel)
  const issues = [...await issuesOf({ ...view, faults }, control.schema()), ...(given ? unsettled(() => settle(given, before, 'text')) : [])]
  return { ok: issues.length === 0, path: view.file, issues, notes: [...view.notes] }
}

function unsettled(settled: () => unknown): ConfigIssue[] {
  try {
    settled()
    return []
  } catch (error) {
    if (!(error instanceof NexusError)) throw error
    return [{ path: String(error.data['path']), message: 'has no secret that could be kept' }]
  }
}
