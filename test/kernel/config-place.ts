/** A directory with settings, and looks at all that is in it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { digest } from '../../kernel/config/atomic.ts'
import { writeConfig, type WriteOptions } from '../../kernel/config/write.ts'

export interface ConfigPlace {
  /** Holds `dir` and nothing else. */
  readonly root: string
  readonly dir: string
  readonly file: string
  readonly history: string
  write(text: string, options?: Partial<WriteOptions>): Promise<{ readonly hash: string }>
  text(): string
}

/** Gone when the test ends. */
export function configPlace(): ConfigPlace {
  const root = mkdtempSync(join(tmpdir(), 'nexus-config-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const dir = join(root, 'state')
  mkdirSync(dir)
  const [file, history] = [join(dir, 'nexus.json5'), join(dir, 'config', 'history')]
  return { root, dir, file, history, write: (text, options) => writeConfig(file, text, { history, ...options }), text: () => readFileSync(file, 'utf8') }
}

export const hashOf = (text: string): string => digest(Buffer.from(text))
export const mode = (path: string): number => statSync(path).mode & 0o777
/** Settings of this many bytes. */
export const large = (length: number): string => `{ plugins: ["-cron"] } //${'x'.repeat(length - 25)}`

/** All that is there, with its content. */
export function everything(at: string): Record<string, string> {
  return Object.fromEntries(readdirSync(at, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name)
    return [path.slice(at.length), entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? `→ ${readlinkSync(path)}` : readFileSync(path, 'utf8')]
  }))
}
