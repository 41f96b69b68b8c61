/** A new plugin works before anybody has touched it, and making one harms nothing that is there. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { authorCommands } from '../../plugins/plugins/author/cli.ts'
import { idOf, namesFor, packageFault } from '../../plugins/plugins/author/names.ts'
import { scaffold } from '../../plugins/plugins/author/new.ts'
import { built, root } from '../fixtures/built.ts'

const exec = promisify(execFile)
const release = { ids: ['store', 'tools'], isolates: false, version: '0.1.0' }
let cwd = ''
beforeAll(async () => { cwd = await mkdtemp(join(tmpdir(), 'nexus-new-')) })
afterAll(() => rm(cwd, { recursive: true, force: true }))
const make = (name: string, more: { dir?: string; js?: boolean } = {}) => scaffold(name, { cwd, release, ...more })

describe('a new plugin', () => {
  test('has everything a plugin has, under its own name', async () => {
    const { dir, id, files, next } = await make('@me/nexus-rain-radar')
    expect({ dir, id }).toEqual({ dir: join(cwd, 'nexus-rain-radar'), id: 'rain-radar' })
    expect((await readdir(dir)).sort()).toEqual([...files].sort())
    expect(files).toEqual(expect.arrayContaining(['package.json', 'index.ts', 'contract.ts', 'cli.ts', 'index.test.js', 'README.md', '.gitignore', 'tsconfig.json']))
    expect(JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'))).toMatchObject({
      name: '@me/nexus-rain-radar', type: 'module', peerDependencies: { 'nexus-gateway': '>=0.1 <1' }, scripts: { test: 'node --test', check: 'nexus plugins check', pack: 'nexus plugins pack' },
      nexus: { api: 1, id: 'rain-radar', entry: 'index.ts', cli: 'cli.ts' },
    })
    expect(next).toHaveLength(3)
    expect(next[0]).toBe('cd nexus-rain-radar')
  })

  test.each([['ts', false], ['js', true]])('runs as it is, in %s', async (ending, js) => {
    const { dir } = await make(`run-${ending}`, { js })
    await using k = await testKernel({ plugins: [join(dir, `index.${ending}`), 'tools'] })
    expect(await k.call(`run-${ending}.greet`, { name: 'Ada' })).toEqual({ text: 'Hello, Ada!' })
    expect(await k.call('tools.execute', { name: `run_${ending}_greet`, args: { name: 'Ada' } })).toMatchObject({ isError: false, content: [{ text: 'Hello, Ada!' }] })
  })

  test('is right to the compiler, whatever it is called', async () => {
    const dirs = await Promise.all(['typed', 'default-x', 'new-thing', 'class', 'method', 'v'].map(async (name) => (await make(name)).dir))
    const options = { preserveSymlinks: true, paths: { 'nexus-gateway/sdk': [join(root, 'sdk/index.ts')], 'nexus-gateway/sdk/*': [join(root, 'sdk/*.ts')], 'nexus-gateway/plugins/*': [join(root, 'plugins/*/contract.ts')], valibot: [join(root, 'node_modules/valibot/dist/index.d.mts')] }, typeRoots: [join(root, 'node_modules/@types')], types: ['node'] }
    await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify({ extends: join(dirs[0]!, 'tsconfig.json'), compilerOptions: options, include: dirs.map((dir) => `${dir}/*.ts`) }))
    await exec(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', cwd]).catch((error: { stdout: string }) => { throw new Error(error.stdout) })
  })

  test('has a test that passes at once beside an installed gateway', async () => {
    built()
    const { dir } = await make('linked')
    await mkdir(join(dir, 'node_modules'))
    await symlink(root, join(dir, 'node_modules', 'nexus-gateway'))
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const { stdout } = await exec('npm', ['test'], { cwd: dir, env })
    expect(stdout).toMatch(/^(# |ℹ )pass [1-9]/m)
    expect(stdout).toMatch(/^(# |ℹ )fail 0/m)
  })

  test('is told of in three commands', async () => {
    const k = await testKernel({ plugins: [] })
    const { code, stdout } = await k.cli(authorCommands, `plugins new told --dir ${join(cwd, 'elsewhere')}`)
    expect(code).toBe(0)
    expect(stdout).toMatch(/✓ told is in \S+elsewhere\n\nNext:\n {2}cd \S+\n {2}nexus plugins check\n {2}nexus plugins add \. --link && nexus call told\.greet '\{"name":"Ada"\}'\n$/)
    await k.close()
  })
})

describe('nothing is overwritten', () => {
  test('where there is something, nothing changes', async () => {
    const dir = join(cwd, 'taken')
    await mkdir(dir)
    await writeFile(join(dir, 'mine'), 'mine')
    await expect(make('taken')).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_EXISTS' })
    await writeFile(join(cwd, 'a-file'), '')
    await expect(make('a-file')).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_EXISTS' })
    expect(await readdir(dir)).toEqual(['mine'])
    expect((await readdir(cwd)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('of two at once one is whole and the other is refused', async () => {
    const both = await Promise.allSettled([make('twice'), make('twice')])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await readdir(join(cwd, 'twice'))).toHaveLength(8)
    expect((await readdir(cwd)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('an empty folder is used', async () => {
    await mkdir(join(cwd, 'empty'))
    await make('other', { dir: 'empty' })
    expect((await stat(join(cwd, 'empty', 'index.ts'))).isFile()).toBe(true)
  })
})

describe('a name', () => {
  test.each([
    ['store', /this release/], ['nexus-tools', /this release/], ['@me/nexus-plugin-store', /this release/], ['cron', /kept/], ['plugins', /kept/], ['provider-x', /kept/], ['nexus-meta', /kept/],
    ['Weather', /small letters/], ['we ather', /small letters/], ['../x', /small letters/], ['.x', /small letters/], ['_x', /small letters/], ['@me/', /small letters/], ['fs', /something else/], ['node_modules', /something else/],
    ['a'.repeat(215), /214/], ['1st', /begins with a letter/], ['nexus-', /begins with a letter/], ['a.b', /begins with a letter/],
  ])('is refused: %s', (name, reason) => {
    expect(() => namesFor(name, release.ids)).toThrow(reason)
    expect(() => namesFor(name, release.ids)).toThrow(expect.objectContaining({ code: 'NEXUS_PLUGINS_NAME' }) as Error)
  })

  test('that is let through is good for npm, for the gateway and as a variable', () => {
    const part = fc.stringMatching(/^[a-z0-9._~@/-]{1,20}$/)
    fc.assert(fc.property(fc.oneof(part, part.map((x) => `nexus-${x}`), part.map((x) => `@me/nexus-${x}`)), (name) => {
      try {
        const { id, variable } = namesFor(name, release.ids)
        expect(packageFault(name)).toBeUndefined()
        expect(id).toMatch(/^[a-z][a-z0-9-]{0,63}$/)
        expect(idOf(name)).toBe(id)
        expect(new Function(`const ${variable} = 1; return ${variable}`)()).toBe(1)
      } catch (error) {
        expect(error).toMatchObject({ code: 'NEXUS_PLUGINS_NAME' })
      }
    }), { numRuns: 500 })
  })

  test('is never repeated in the error', () => {
    expect(() => namesFor('Hunter2', [])).toThrow(expect.objectContaining({ message: expect.not.stringContaining('Hunter2') }) as Error)
  })
})
