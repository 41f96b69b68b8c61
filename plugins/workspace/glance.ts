/** Whether files have changed since they were read, by what the system says of them: far less work than going there with every check. */
import { lstat, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** As `WorkspaceApi.glance`. */
export type Glance = (root: string, names: readonly string[]) => Promise<string | undefined>

interface Turn { readonly now: Promise<string | undefined>; next?: Promise<string | undefined> }

/** Who asks while others look shares the look that comes next: the one under way may have begun before what he has just written. */
export function createGlance(look: Glance = lookAt): Glance {
  /** By what is looked at; only while somebody looks. */
  const turns = new Map<string, Turn>()

  function begin(key: string, root: string, names: readonly string[]): Promise<string | undefined> {
    const turn: Turn = { now: look(root, names) }
    turns.set(key, turn)
    return turn.now.finally(() => { if (!turn.next) turns.delete(key) })
  }

  return (root, names) => {
    const key = `${root}\n${names.join('\n')}`
    const turn = turns.get(key)
    if (!turn) return begin(key, root, names)
    turn.next ??= turn.now.then(() => begin(key, root, names), () => begin(key, root, names))
    return turn.next
  }
}

async function lookAt(root: string, names: readonly string[]): Promise<string | undefined> {
  const folder = await stat(root).then(({ dev, ino, mode }) => `${dev}.${ino}.${mode}`, codeOf)
  if (folder === 'ENOENT') return undefined
  const files = await Promise.all(names.map((name) => lstat(join(root, name)).then(({ dev, ino, mode, size, mtimeMs, ctimeMs }) => `${dev}.${ino}.${mode}.${size}.${mtimeMs}.${ctimeMs}`, codeOf)))
  return [folder, ...files].join(' ')
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown'
