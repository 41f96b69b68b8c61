/** Everything the rules look at. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Examination, ExamineOptions } from 'nexus-gateway/sdk/testing'
import type { Manifest } from 'nexus-gateway/sdk'
import { openPackage, type AuthorPackage } from '../package.ts'
import { codeOf, sightings, type CodeFile, type Sighting } from './sources.ts'

/** What a program said: nothing is well. */
export interface Verdict { readonly faults: readonly string[]; readonly skipped?: string }
export interface Facts {
  readonly about: AuthorPackage
  readonly examination: Examination
  /** What it declares; where its code does not load, what its package.json says, as far as it goes. */
  readonly manifest: Manifest | undefined
  readonly own: readonly CodeFile[]
  readonly tests: readonly string[]
  readonly seen: readonly Sighting[]
  readonly readme: string | undefined
  readonly types: Verdict
  readonly test: Verdict
  /** Bytes a tarball of it would have unpacked, and how many files; missing where npm could not tell. */
  readonly size: { readonly bytes: number; readonly files: number } | undefined
}
/** Programs and processes, at the edge. */
export interface Tools {
  examine(dir: string, options: ExamineOptions): Promise<Examination>
  types(dir: string): Promise<Verdict>
  test(dir: string, about: AuthorPackage): Promise<Verdict>
  size(dir: string): Promise<Facts['size']>
}

/** Rejects with NEXUS_PLUGINS_FOLDER. One after the other: they are heavy, and their order is that of the report. */
export async function gather(dir: string, tools: Tools, options: ExamineOptions): Promise<Facts> {
  const { about } = await openPackage(dir)
  const { own, tests } = await codeOf(dir)
  const examination = await tools.examine(dir, options)
  return {
    about, examination, own, tests,
    manifest: examination.manifest,
    seen: sightings(own),
    readme: await readFile(join(dir, 'README.md'), 'utf8').catch(() => undefined),
    types: await tools.types(dir),
    test: about.scripts?.['test'] ? await tools.test(dir, about) : { faults: [], skipped: 'its package.json has no script "test"' },
    size: await tools.size(dir),
  }
}
