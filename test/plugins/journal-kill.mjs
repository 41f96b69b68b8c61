// node test/plugins/journal-kill.mjs [TIMES] [SEED]   (or, for its own use: child DIR ROUND)
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'

const sdk = fileURLToPath(new URL('../../sdk/index.ts', import.meta.url))
const { child, killLoop } = await createJiti(import.meta.url, { alias: { 'nexus-gateway/sdk': sdk } }).import('./journal-kill.ts')
const [first = '100', second = '1', third = '0'] = process.argv.slice(2)

if (first === 'child') {
  await child(second, Number(third))
} else {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-kill-'))
  try {
    const { acknowledged } = await killLoop({ dir, times: Number(first), seed: Number(second) })
    console.log(`killed ${first} times; all of ${acknowledged} acknowledged records were there`)
  } finally {
    await rm(dir, { recursive: true })
  }
}
