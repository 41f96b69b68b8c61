/** The reference says what the types, the tables and the built plugins say. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { capabilityText, parseCapability } from '../../sdk/capabilities.ts'
import { built, root } from '../fixtures/built.ts'

test('it is up to date', async () => {
  built()
  await promisify(execFile)(process.execPath, [join(root, 'sdk', 'reference.mjs'), '--check'], { cwd: root }).catch((error: { stdout: string; stderr: string }) => { throw new Error(error.stdout + error.stderr) })
})

test('it names what authors look for', () => {
  const reference = readFileSync(join(root, 'sdk', 'REFERENCE.md'), 'utf8')
  for (const word of ['`emit<K', '`interval(', '`waitUntil(', '`agent.runPrompt`', '`call.before`', '`tap:call.before`', '`store/1`', '`tools.execute`', '`NEXUS_PLUGIN_CYCLE`', '`fs:data`', '`kernel/1`']) expect(reference).toContain(word)
  for (const [, capability] of reference.matchAll(/^\| `((?:kernel|net|fs:data|run|worker|native)[\w:*]*)` \|/gm)) if (!/[A-Z]/.test(capability!)) expect(parseCapability(capability!), capability).toBeDefined()
  expect(reference).toContain(capabilityText('run'))
})
