import { accessSync, constants, readdirSync, readFileSync, statfsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '..')

/** A process of its own for a test of whole processes, of memory, or of what a process has but once; the others share one with those before them. */
const own = /child_process|\/spawn\.ts|built\(|vi\.(mock|stub|spyOn|useFakeTimers)|process\.(chdir|umask|on|emit|kill|env\[)|\bgc\b|memoryUsage|uncaught|new Worker\(|plugins\/(containment|isolation)\//
const isOwn = (file: string, seen = new Set<string>()): boolean => {
  if (seen.has(file) || !file.startsWith(join(root, 'test'))) return false
  const text = readFileSync(file, 'utf8')
  return own.test(text) || [...text.matchAll(/from '(\.\.?\/[^']+\.ts)'/g)].some(([, other = '']) => isOwn(join(file, '..', other), seen.add(file)))
}
const alone = readdirSync(join(root, 'test'), { recursive: true }).map((file) => `test/${String(file).replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts') && (/^test\/(system|security|guarantees|check)\//.test(file) || isOwn(join(root, file))))

/** In memory where the machine has room there: thousands of stores wait for each of their syncs, and it is not the disk that is tested. */
function memory(): Record<string, string> {
  try {
    accessSync('/dev/shm', constants.W_OK)
    const { bavail, bsize } = statfsSync('/dev/shm')
    return bavail * bsize > 2 ** 31 ? { TMPDIR: '/dev/shm' } : {}
  } catch {
    return {} // no such place
  }
}

export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^nexus-gateway\/sdk$/, replacement: join(root, 'sdk/index.ts') },
      { find: /^nexus-gateway\/sdk\/(client|hosting|pack|testing)$/, replacement: join(root, 'sdk/$1.ts') },
    ],
  },
  test: {
    globalSetup: ['test/fixtures/npm/setup.ts'],
    // Whole processes are started here, and machines that run tests are busy; promised deadlines have limits of their own.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Of two cores it would use one; most of these tests wait for processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: ['--expose-gc'],
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: alone, isolate: false, env: memory() } },
    ],
  },
})
