/** The guide's code compiles as it stands, and its test passes. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const run = (script: string, ...args: string[]) => promisify(execFile)(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: dir })
let dir = ''

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nexus-guide-'))
  const guide = await readFile(join(root, 'sdk', 'README.md'), 'utf8')
  const files = [...guide.matchAll(/```ts\n\/\/ (\S+)\n([^]*?)```/g)]
  expect(files).toHaveLength(guide.split('```ts').length - 1)
  await Promise.all(files.map(([, name, code]) => writeFile(join(dir, name!), code!)))
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }')
  await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { paths: { 'nexus-gateway/sdk': [join(root, 'sdk/index.ts')], 'nexus-gateway/sdk/*': [join(root, 'sdk/*.ts')] }, preserveSymlinks: true },
    include: ['*.ts'], exclude: [],
  }))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

test('it compiles', async () => {
  await run('typescript/bin/tsc', '-p', dir).catch((error: { stdout: string }) => { throw new Error(error.stdout) })
})

test('its test passes', async () => {
  // What it imports by the names of the package is the code that is tested here.
  await writeFile(join(dir, 'vitest.config.ts'), `import ours from '${join(root, 'test/vitest.config.ts')}'\nexport default { root: '${dir}', resolve: ours.resolve, test: { include: ['*.test.ts'] } }\n`)
  const { stdout } = await run('vitest/vitest.mjs', 'run', '--config', join(dir, 'vitest.config.ts')).catch((error: { stdout: string; stderr: string }) => { throw new Error(error.stdout + error.stderr) })
  expect(stdout).toMatch(/1 passed/)
})
