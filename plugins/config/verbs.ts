/** What the methods do. Loaded by the first of them: most gateways run long before anybody looks at their settings. */
import type { Call, ConfigControlApi, Ctx } from 'nexus-gateway/sdk'
import { byPatch, byPaths, toBackup, toText, type Change, type PathEdits } from './change.ts'
import type { ConfigWriteResult, DoctorFinding } from './contract.ts'
import { diff } from './diff.ts'
import { diagnose, ownFindings } from './doctor.ts'
import { explain, schemaAnswer } from './explain.ts'
import { checkRepair } from './guard.ts'
import type { Patient } from './patient.ts'
import { snapshots } from './snapshot.ts'
import { validate } from './validate.ts'
import { write, type Base } from './write.ts'

export interface Desk {
  readonly control: ConfigControlApi
  readonly version: string
  readonly log: Ctx['log']
  now(): number
  readonly patient: Patient
  /** What the checks of other plugins found. */
  others(): Promise<readonly DoctorFinding[]>
}
export type Verbs = ReturnType<typeof createVerbs>

export function createVerbs({ control, version, log, now, patient, others }: Desk) {
  async function changed(base: Base, change: Change, call: Call, exact = false): Promise<ConfigWriteResult> {
    const done = await write({ control, version }, base, change, call, exact)
    if (!done.noop) log.info('the settings were changed', { by: call.caller.id, label: call.caller.label, verb: call.verb, changed: done.changed, started: done.report.started, stopped: done.report.stopped })
    return done
  }
  const findings = async () => (await Promise.all([ownFindings(patient), others()])).flat()

  return {
    get: snapshots(control).get,
    text: (raw: string, base: Base, call: Call) => changed(base, toText(raw), call),
    patch: (raw: string, replacePaths: readonly string[], base: Base, call: Call) => changed(base, byPatch(raw, replacePaths), call),
    edit: (edits: PathEdits, base: Base, call: Call) => changed(base, byPaths(edits), call),
    restore: (id: string, base: Base, call: Call) => changed(base, toBackup(id), call, true),
    schema: () => schemaAnswer(control, version, now()),
    validate: (raw: string | undefined, call: Call) => validate(control, raw, call),
    diff: (params: Parameters<typeof diff>[1]) => diff(control, params),
    explain: (path: string) => explain(control, path),
    doctor(fix: boolean, { caller }: Call) {
      if (fix) checkRepair(caller)
      return diagnose(findings, fix)
    },
  }
}
