/** What npm would publish, installed with production dependencies into an empty folder. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname

/** Folders that hold a package.json directly below a `node_modules`, scopes included. */
async function packagesIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => [])
  const own = names.filter((name) => !name.startsWith('.'))
  const scoped = await Promise.all(own.filter((name) => name.startsWith('@')).map(async (scope) => (await readdir(join(dir, scope))).map((name) => join(scope, name))))
  const here = [...own.filter((name) => !name.startsWith('@')), ...scoped.flat()]
  const below = await Promise.all(here.map((name) => packagesIn(join(dir, name, 'node_modules'))))
  return [...here, ...below.flat()]
}

test('the package, in an empty folder, is small, starts and chats', { timeout: 180_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-package-'))
  try {
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', dir], { cwd: root })
    const [packed] = JSON.parse(stdout) as [{ filename: string }]
    await writeFile(join(dir, 'package.json'), '{"private":true}')
    await run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', join(dir, packed.filename)], { cwd: dir })
    const { stdout: size } = await run('du', ['-sm', join(dir, 'node_modules')])
    expect(Number(size.split('\t')[0])).toBeLessThanOrEqual(45)
    expect((await packagesIn(join(dir, 'node_modules'))).length).toBeLessThanOrEqual(45)

    const bin = join(dir, 'node_modules/.bin/nexus')
    const env = { PATH: process.env['PATH'], HOME: dir, NEXUS_STATE_DIR: join(dir, 'state') }
    const gateway = run(bin, ['start', '--json', '--port', '0'], { env, cwd: dir })
    try {
      await new Promise((resolve) => gateway.child.stdout?.once('data', resolve))
      const { stdout: answer } = await run(bin, ['chat', 'hello there'], { env, cwd: dir })
      expect(answer).toContain('hello there')
    } finally {
      gateway.child.kill('SIGTERM')
      await gateway
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
