/** `nexus cost prices` and `nexus cost check` as a person reads them. Pure. */
import { plain } from 'nexus-gateway/sdk'
import type { Look } from '../screen/look.ts'
import { table, textColumn } from '../screen/table.ts'
import type { CheckResult, Finding, PriceRow, PricesResult, Step } from './wire.ts'

export function pricesScreen({ updated, stale, models }: PricesResult, look: Look): string {
  const { paint, glyphs } = look
  const lines = models.flatMap(linesOf)
  const column = (head: string, part: (line: Line) => string, more: Parameters<typeof textColumn>[3] = {}) => textColumn(head, lines.map(part), glyphs, { ...more, style: (row) => (lines[row]?.unknown ? 'yellow' : undefined) })
  return [
    `${paint('bold', 'Prices')}  US dollars per million tokens`,
    ...table([
      ...column('MODEL', ({ model }) => model, { least: 16 }),
      ...column('INPUT', ({ step }) => dollars(step?.input), { right: true }), ...column('OUTPUT', ({ step }) => dollars(step?.output), { right: true }),
      ...column('CACHED', ({ step }) => (step?.cacheRead === undefined ? '' : dollars(step.cacheRead)), { right: true, drop: 2 }), ...column('WRITE', ({ step }) => (step?.cacheWrite === undefined ? '' : dollars(step.cacheWrite)), { right: true, drop: 2 }),
      ...column('SOURCE', ({ source }) => source, { least: 9 }), ...column('SINCE', ({ since }) => since, { least: 10, drop: 1 }),
    ], look),
    '',
    paint(stale ? 'yellow' : 'dim', `The price map is of ${updated ?? 'no known day'}.${stale ? ' That is long ago: check the prices of what you use.' : ''} Your own stand in models.catalogue; see nexus cost check.`),
  ].join('\n')
}

interface Line { readonly model: string; readonly step?: Step; readonly source: string; readonly since: string; readonly unknown: boolean }

function linesOf({ model, steps, by, as, since, others }: PriceRow): Line[] {
  if (steps.length === 0) return [{ model, source: 'unknown', since: '', unknown: true }]
  const source = `${by ?? ''}${as === undefined ? '' : ` as ${as}`}`
  return steps.map((step, i) => ({
    model: i === 0 ? model : `  above ${step.above.toLocaleString('en-US')} tokens`, step, unknown: false,
    source: i === 0 ? source : '', since: i === 0 ? others === undefined ? since ?? '' : `${since ?? 'always'}, 1 of ${others.length + 1}` : '',
  }))
}

/** As short as it can be said: a price has few digits. */
const dollars = (price: number | undefined): string => (price === undefined ? '?' : price === 0 ? '0' : String(Number(price.toPrecision(6))))

const signs = { error: ['red', '✗'], warning: ['yellow', '!'], note: ['dim', '·'] } as const

export function checkScreen({ ok, updated, models, priced, charges, findings }: CheckResult, { paint }: Pick<Look, 'paint'>): string {
  const line = ({ level, model, text, fix }: Finding): string => {
    const [style, sign] = signs[level]
    return `${paint(style, sign)} ${model === undefined ? '' : `${paint('bold', plain(model))}: `}${plain(text)}\n  ${paint('dim', plain(fix))}`
  }
  return [
    ...findings.map(line), ...(findings.length > 0 ? [''] : []),
    `${ok ? paint('green', '✓ Prices are in order') : paint('yellow', 'Prices need a look')}: ${priced} of ${models} models have one, the map is of ${updated ?? 'no known day'}, ${charges} charges looked at.`,
  ].join('\n')
}
