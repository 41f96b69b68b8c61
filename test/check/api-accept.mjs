/** `node test/check/api-accept.mjs`: makes the public types as they are now those that `api.test.ts` holds on to. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createJiti } from 'jiti'

const { changes, kept, surface } = await createJiti(import.meta.url).import('./api-surface.ts')
mkdirSync(kept, { recursive: true })
const now = surface()
for (const file of readdirSync(kept)) if (!now.has(file.replace(/\.d\.ts$/, ''))) rmSync(join(kept, file))
for (const [name, text] of now) {
  const file = join(kept, `${name}.d.ts`)
  let before = ''
  try { before = readFileSync(file, 'utf8') } catch { /* a new one */ }
  for (const { name: what, kind, why } of changes(before, text)) console.log(`${name}: ${what}: ${kind}, ${why}`)
  writeFileSync(file, text)
}
