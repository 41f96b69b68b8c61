/** Settings of an older shape become those of today. Migrations are data, and what they can say is all here. */
import { harvest, plant, strays, type Move } from './moves.ts'
import type { KeyPath } from './path.ts'
import type { RawConfig } from './read.ts'
import { drop, movable, run, type Work } from './steps.ts'

type Scalar = string | number | boolean | null

/** From one generation of the settings to the next; several in order make a chain. */
export interface Migration {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly summary: string
  /** Keys that only the old shape has: with any of them there the steps run, and what they leave of them is taken out and listed. */
  readonly when: readonly string[]
  readonly steps: readonly Step[]
}

/**
 * Paths are names with dots between them; a star stands for each key of a table and each entry of a list.
 * A step whose source is not there does nothing. Nothing is overwritten: what finds its place taken is taken out and
 * listed. Tables that a step leaves empty go too. Lists are moved and taken out whole, so their entries keep their numbers.
 * An `$include` stays where it is: what the other file says there is migrated by itself.
 */
export type Step =
  /** The stars of `to` stand for those of `move`. `times`: for numbers; anything else is taken out and listed. */
  | { readonly move: string; readonly to: string; readonly times?: number; readonly except?: Except }
  /** Where nothing stands. */
  | { readonly set: string; readonly value: Scalar }
  /** Takes out and lists, with a note on what becomes of it. `is`: only these values. */
  | { readonly drop: string | readonly string[]; readonly note: string; readonly is?: readonly Scalar[]; readonly except?: Except }
  /** Old values, written as texts, to new ones; others stay. */
  | { readonly map: string; readonly values: Readonly<Record<string, Scalar>> }
  /** Each table in the table `list` is added to the list at `to`, its name as the field `key`. */
  | { readonly list: string; readonly to: string; readonly key: string }
  /**
   * One table of the table `pick` moves to `to`, its name as the field `key`; the others stay.
   * It is the one that the text at `prefer` begins with, as in `name/…`, or else the first.
   */
  | { readonly pick: string; readonly to: string; readonly key: string; readonly where?: { readonly key: string; readonly is: readonly Scalar[] }; readonly prefer?: string }

/** Last names that a star does not stand for. */
type Except = readonly string[]

export interface Migrated {
  readonly raw: RawConfig
  /** Ids, in order. */
  readonly applied: readonly string[]
  /** Where what is not in its old place came from. */
  readonly moves: readonly Move[]
  /** What was taken out, as the file calls it. */
  readonly unmapped: readonly KeyPath[]
  /** One line for each migration, and for each reason why keys were taken out; never a value. */
  readonly notes: readonly string[]
}

/**
 * Pure, and gives `raw` itself when there is nothing to do. `raw` is what the reader let pass: as JSON has it, and not too deep.
 * `shape`: migrations that are known to apply, since the file that this is a part of needed them.
 */
export function migrate(raw: RawConfig, migrations: readonly Migration[], shape: readonly string[] = []): Migrated {
  const work: Work = { root: plant(raw), lost: new Map() }
  const applied = migrations.filter((migration) => apply(work, migration, shape.includes(migration.id)))
  if (applied.length === 0) return { raw, applied: [], moves: [], unmapped: [], notes: [] }
  return {
    raw: harvest(work.root) as RawConfig,
    applied: applied.map(({ id }) => id),
    moves: strays(work.root, [], []),
    unmapped: [...work.lost.values()].map(({ path }) => path),
    notes: [
      ...applied.filter(({ id }) => !shape.includes(id)).map(({ from, to, summary }) => `these settings have the shape "${from}" and are read as "${to}": ${summary}`),
      ...leftOut(work.lost),
    ],
  }
}

function leftOut(lost: Work['lost']): string[] {
  const byReason = new Map<string, string[]>()
  for (const [name, { why }] of lost) {
    const names = byReason.get(why)
    if (names) names.push(`"${name}"`)
    else byReason.set(why, [`"${name}"`])
  }
  return [...byReason].map(([why, names]) => `left out: ${names.join(', ')} (${why})`)
}

function apply(work: Work, { when, steps }: Migration, known: boolean): boolean {
  if (!known && !when.some((pattern) => movable(work, pattern).length > 0)) return false
  for (const step of steps) run(work, step)
  // So that no migration finds its own old keys again: migrated settings stay as they are.
  for (const pattern of when) for (const found of movable(work, pattern)) drop(work, found, 'nothing in the new shape is like it')
  return true
}
