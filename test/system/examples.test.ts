/** Every example does what its README says, with one command, against the built package. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const examples = readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name)
const expected: Readonly<Record<string, string[]>> = {
  hello: ["{ text: 'Hello, Ada!' }"],
  'hot-reload': ['after the edit: good morning', 'the call in flight and the open stream ended on the old code', 'the socket stayed open'],
  'typed-client': ['answer: 2', 'event: 2'],
}

// The examples of plugins have a test of their own, which fails for a folder that neither expects.
test.each(examples.filter((name) => name in expected))('examples/%s', async (name) => {
  const readme = readFileSync(join(root, 'examples', name, 'README.md'), 'utf8')
  const [, script] = /^npx jiti (\S+)/m.exec(readme) ?? []
  expect(script, 'its README names the command').toBeDefined()
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs'), script!], { cwd: root, timeout: 55_000 })
  for (const line of expected[name] ?? []) expect(stdout).toContain(line)
})
