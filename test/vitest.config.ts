import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '..')

export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^nexus-gateway\/sdk$/, replacement: join(root, 'sdk/index.ts') },
      { find: /^nexus-gateway\/sdk\/(client|hosting|pack|testing)$/, replacement: join(root, 'sdk/$1.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // Whole processes are started here, and machines that run tests are busy; promised deadlines have limits of their own.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Of two cores it would use one; most of these tests wait for processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: ['--expose-gc'],
  },
})
