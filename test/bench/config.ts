import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { bundled, root } from './processes.ts'
import type { Scenario } from './row.ts'

/** Settings of 500 lines in six files: read, merged and checked, against a bare parse of the same bytes. */
export const configRead: Scenario = async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [await bundled('config-read')], { cwd: root })
  const { ratio = NaN, readMs = NaN, parseMs = NaN, lines = NaN } = JSON.parse(stdout) as Record<string, number>
  return [{ id: 'config-read', what: `full read of settings of ${lines} lines with 5 includes`, value: ratio, unit: '×', target: 4, better: 'less', control: 'JSON5.parse of the same bytes', figures: { readMs, parseMs } }]
}
