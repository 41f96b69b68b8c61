/** Keeps workspaces and what the gateway lives on apart: whoever reads its token or writes its settings is the gateway. */
import { realpath, stat } from 'node:fs/promises'
import type { BigIntStats } from 'node:fs'
import { basename, dirname, isAbsolute, join, sep } from 'node:path'
import type { Ctx } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'
import type { Guard } from './find.ts'

/** Below the state directory: the one place there that workspaces may have. */
export const workspaceFolder = 'workspace'

export function createGuard({ state, config }: Pick<Ctx['paths'], 'state' | 'config'>): Guard {
  const homes = join(state, workspaceFolder)

  return {
    async checkRoot(root) {
      if (!isAbsolute(root)) throw fail('NEXUS_WORKSPACE_ROOT', { reason: 'its path is not absolute' })
      const [real, own, allowed] = await Promise.all([existing(root), existing(state), existing(homes)])
      if (isIn(real, own) && !(isIn(real, allowed) && real !== allowed)) throw fail('NEXUS_WORKSPACE_ROOT', { reason: 'it is part of the gateway\'s own state' })
    },
    async look() {
      const [own, settings, besides] = await Promise.all([known(state), known(config), known(dirname(config))])
      return {
        covers: (folder, name, found) => (found !== undefined && (isSame(found.stats, own) || isSame(found.stats, settings)))
          || (isSame(folder.stats, besides) && name === basename(config)),
      }
    },
  }
}

const known = (path: string): Promise<BigIntStats | undefined> => stat(path, { bigint: true }).catch(() => undefined)
const isSame = (a: BigIntStats, b: BigIntStats | undefined): boolean => b !== undefined && a.ino === b.ino && a.dev === b.dev
const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/** The real path, or what it will be: as much of it as is there, and the rest as it stands. */
async function existing(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const above = dirname(path)
    return above === path ? path : join(await existing(above), basename(path))
  }
}
