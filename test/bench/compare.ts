import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { bundled, root } from './processes.ts'
import type { Row, Scenario } from './row.ts'

interface Timing { readonly t: number; readonly ns: number; readonly percent: number; readonly whole: number }

/** What the time of the secret comparison tells: t statistics of interleaved classes of guesses, in a process of their own. */
export const compareTiming: Scenario = async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [await bundled('compare')], { cwd: root })
  const { samples, prefix, fixed, control } = JSON.parse(stdout) as Record<'prefix' | 'fixed' | 'control', Timing> & { samples: number }
  const row = (id: string, what: string, { t, ns, percent, whole }: Timing): Row =>
    ({ id, what: `time of the secret comparison: ${what}, largest t`, value: Math.abs(t), unit: 't', target: 4.5, better: 'less', control: 'comparison that ends at the first difference', figures: { controlT: Math.abs(control.t), belowPercentile: percent, wholeT: whole, medianNs: ns, samples } })
  return [
    row('compare-prefix', 'first half right or random', prefix),
    row('compare-fixed', 'the secret or random', fixed),
  ]
}
