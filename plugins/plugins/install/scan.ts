/** What a scanner says of a plugin's files before anybody is asked about them. */
import { fail } from '../errors.ts'
import type { Scan } from './consent.ts'
import type { Job } from './stage.ts'
import type { Tools } from './tools.ts'
import * as v from 'valibot'

const deadlineMs = 120_000
const Verdict = v.object({ verdict: v.picklist(['clean', 'suspect', 'malicious']), findings: v.array(v.string()) })

/** Nothing where there is no scanner. Throws NEXUS_PLUGINS_MALICIOUS, and NEXUS_PLUGINS_SCAN where no verdict was to be had. */
export async function scanned(folder: string, job: Job, { scanner, after }: Tools): Promise<Scan> {
  if (!scanner) return undefined
  job.phase('scanning')
  let cancel = (): void => {}
  const late = new Promise<never>((_, reject) => { cancel = after(deadlineMs, () => reject(fail('NEXUS_PLUGINS_SCAN', { reason: `it gave no verdict within ${deadlineMs / 1_000} s` }))) })
  try {
    const answer = v.safeParse(Verdict, await Promise.race([asked(scanner.api, folder), late]))
    if (!answer.success) throw fail('NEXUS_PLUGINS_SCAN', { reason: 'its verdict is none' })
    const { verdict, findings } = answer.output
    if (verdict === 'malicious') throw fail('NEXUS_PLUGINS_MALICIOUS', { findings: findings.slice(0, 5).join('; ') })
    return { verdict, findings }
  } finally {
    cancel()
  }
}

async function asked(scanner: NonNullable<Tools['scanner']>['api'], folder: string): Promise<unknown> {
  try {
    return await scanner.scan(folder)
  } catch (error) {
    throw fail('NEXUS_PLUGINS_SCAN', { reason: 'it failed' }, error)
  }
}
