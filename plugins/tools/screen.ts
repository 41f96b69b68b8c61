/** What the commands print. */
import { headOf, plain, table } from 'nexus-gateway/sdk'
import type { Paint } from 'nexus-gateway/sdk'

export interface Listed { readonly tools: readonly { readonly name: string; readonly description: string; readonly plugin: string; readonly group?: string; readonly effect?: string; readonly tier?: string; readonly approval?: boolean }[] }
interface Verdict { readonly step: string; readonly parent: number; readonly verdict: 'pass' | 'deny' | 'not allowed'; readonly rule?: string }
export interface Explained { readonly name: string; readonly exists: boolean; readonly allowed: boolean; readonly approval?: string; readonly decided: Verdict; readonly steps: readonly Verdict[] }

export function toolsText({ tools }: Listed, paint: Paint): string {
  if (tools.length === 0) return 'No tool may be used here. `nexus tools explain NAME` says why.'
  const rows = [...tools].sort((a, b) => (a.name < b.name ? -1 : 1)).map((one) => [one.name, one.group ?? '-', one.effect ?? '?', one.tier ?? 'capable', one.plugin, headOf(plain(one.description.split(/[.\n]/, 1)[0]!), 80)])
  return table(['tool', 'group', 'effect', 'tier', 'plugin', ''], rows, paint).join('\n')
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
