/** One line of the table: what was measured, against what, and the target it is held to. */
export interface Row {
  readonly id: string
  readonly what: string
  readonly value: number
  /** `of them`: a count; `t`: a t statistic. */
  readonly unit: '×' | 'of them' | 'ms' | 'MB' | 'KB' | 'KiB' | 't'
  readonly target: number
  /** Whether smaller or larger is better. */
  readonly better: 'less' | 'more'
  readonly control: string
  /** The absolute figures behind it, for whoever wants to look. */
  readonly figures: Readonly<Record<string, number>>
}

export type Scenario = () => Promise<Row[]>

export function meets(row: Row): boolean {
  return row.better === 'less' ? row.value <= row.target : row.value >= row.target
}
