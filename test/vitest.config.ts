import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Tests run the sources: the package's own name leads to `sdk/`, as it does for the compiler. */
export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^nexus-gateway\/sdk\/(client|testing)$/, replacement: `${root}sdk/$1.ts` },
      { find: /^nexus-gateway\/sdk$/, replacement: `${root}sdk/index.ts` },
    ],
  },
  test: { include: ['test/**/*.test.ts'] },
})
