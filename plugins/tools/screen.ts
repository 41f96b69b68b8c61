/** What the commands print. */
import { plain } from 'nexus-gateway/sdk'
import type { Paint } from 'nexus-gateway/sdk'

export interface Listed { readonly tools: readonly { readonly name: string; readonly description: string; readonly plugin: string; readonly group?: string; readonly effect?: string; readonly tier?: string; readonly approval?: boolean }[] }
interface Verdict { readonly step: string; readonly parent: number; readonly verdict: 'pass' | 'deny' | 'not allowed'; readonly rule?: string }
export interface Explained { readonly name: string; readonly exists: boolean; readonly allowed: boolean; readonly approval?: string; readonly decided: Verdict; readonly steps: readonly Verdict[] }

export function toolsText({ tools }: Listed, paint: Paint): string {
  if (tools.length === 0) return 'No tool may be used here. `nexus tools explain NAME` says why.'
  const rows = [...tools].sort((a, b) => (a.name < b.name ? -1 : 1)).map((one) => [one.name, one.group ?? '-', one.effect ?? '?', one.tier ?? 'capable', one.plugin, plain(one.description.split(/[.\n]/, 1)[0]!).slice(0, 80)])
  return table([['tool', 'group', 'effect', 'tier', 'plugin', ''], ...rows], paint)
}

function table([head, ...rows]: readonly (readonly string[])[], paint: Paint): string {
  const widths = head!.map((_, column) => Math.max(...[head!, ...rows].map((row) => row[column]!.length)))
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()
  return [paint('dim', line(head!)), ...rows.map(line)].join('\n')
}

export function explanationText({ name, exists, allowed, approval, decided, steps }: Explained, paint: Paint): string {
  const verdict = allowed ? paint('green', 'may be used') : paint('red', 'may not be used')
  return [
    `${paint('bold', name)} ${verdict}${exists ? '' : ', and no plugin offers it'}: ${place(decided)}${decided.rule === undefined ? '' : `, ${decided.rule}`}`,
    ...(approval === undefined ? [] : [`It needs consent: ${approval}`]),
    ...steps.map((step) => `  ${place(step).padEnd(18)} ${step.verdict}${step.rule === undefined ? '' : `  ${step.rule}`}`),
  ].join('\n')
}

const place = ({ step, parent }: Verdict): string => (parent === 0 ? step : `${step} (${parent} above)`)
