/** A workspace on disk beside things it must not reach. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createFiles } from '../../plugins/workspace/files.ts'
import type { OpenFiles } from '../../plugins/workspace/files.ts'
import { createFinder } from '../../plugins/workspace/find.ts'
import type { Bounds } from '../../plugins/workspace/find.ts'
import { createGuard } from '../../plugins/workspace/guard.ts'
import { byDescriptor, byPath } from '../../plugins/workspace/walk.ts'
import type { Walker } from '../../plugins/workspace/walk.ts'

export const walkers: readonly (readonly [string, Walker])[] = process.platform === 'linux' ? [['by descriptor', byDescriptor], ['by path', byPath]] : [['by path', byPath]]

export interface Place { readonly top: string; readonly root: string; readonly outside: string; readonly state: string; readonly config: string }

/** `outside/secret.txt` is what everybody is after. */
export function place(): Place {
  const top = mkdtempSync(join(tmpdir(), 'nexus-workspace-'))
  onTestFinished(() => rmSync(top, { recursive: true, force: true }))
  const [root, outside, state] = [join(top, 'ws'), join(top, 'outside'), join(top, 'state')]
  for (const folder of [root, outside, state]) mkdirSync(folder)
  writeFileSync(join(outside, 'secret.txt'), 'the secret')
  writeFileSync(join(state, 'token'), 'the secret')
  return { top, root, outside, state, config: join(state, 'nexus.json5') }
}

export function filesAt(root: string, { state, config }: Pick<Place, 'state' | 'config'>, walker: Walker = walkers[0]![1], bounds: Partial<Bounds> = {}): OpenFiles {
  const all = { mounts: false, hardLinks: false, ...bounds }
  return createFiles(walker, createFinder(walker, createGuard({ state, config }), all, root), all)
}

export const textOf = async (files: OpenFiles, path: string): Promise<string> => Buffer.from((await files.read(path)).bytes).toString('utf8')
export const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: unknown) => (error as { code?: string }).code)
