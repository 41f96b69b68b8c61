/** The programs that a check runs: each in a process of its own, for an author's code may hang, crash or leak. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Examination, ExamineOptions } from 'nexus-gateway/sdk/testing'
import { run } from '../run.ts'
import type { Facts, Tools, Verdict } from './facts.ts'
import { withoutComments } from './sources.ts'

const deadlineMs = 120_000
const there = (path: string): Promise<boolean> => stat(path).then(() => true, () => false)

/** `root`: the folder of this release. */
export function createTools(root: string, signal?: AbortSignal): Tools {
  return {
    examine: (dir, options) => examined(root, dir, options, signal),
    types: (dir) => withTemp((temp) => typed(root, dir, temp, signal)),
    test: (dir) => withTemp((temp) => tested(root, dir, temp, signal)),
    size: (dir) => sized(dir, signal),
  }
}

async function withTemp<T>(use: (temp: string) => Promise<T>): Promise<T> {
  const temp = await mkdtemp(join(tmpdir(), 'nexus-check-'))
  try {
    return await use(temp)
  } finally {
    await rm(temp, { recursive: true, force: true })
  }
}

/** The answer comes on a line of its own, whatever the plugin prints. */
async function examined(root: string, dir: string, options: ExamineOptions, signal: AbortSignal | undefined): Promise<Examination> {
  const mark = `${process.pid}.${performance.now()}:`
  const program = `const { examine } = await import(${JSON.stringify(pathToFileURL(join(root, 'dist', 'sdk', 'testing.js')).href)})
const found = await examine(${JSON.stringify(dir)}, ${JSON.stringify(options)})
process.stdout.write('\\n' + ${JSON.stringify(mark)} + JSON.stringify(found) + '\\n', () => process.exit(0))`
  const ran = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: dir, deadlineMs, signal })
  const line = ran.stdout.split('\n').find((one) => one.startsWith(mark))
  if (line !== undefined) return JSON.parse(line.slice(mark.length)) as Examination
  const fault = ran.late ? `it was not done after ${deadlineMs / 1000} s` : `its code ended the process${ran.code ? ` with status ${ran.code}` : ''}: ${ran.stderr.trim().split('\n').slice(-3).join(' ')}`
  return { fault, differs: [], unexplained: [], untyped: [], runs: [] }
}

async function typed(root: string, dir: string, temp: string, signal: AbortSignal | undefined): Promise<Verdict> {
  const config = join(dir, 'tsconfig.json')
  if (!await there(config)) return { faults: [], skipped: 'it has no tsconfig.json' }
  const resolved = resolverFrom(dir)
  const compiler = resolved('typescript/package.json')
  if (!compiler) return { faults: [], skipped: 'it has no typescript: npm install --save-dev typescript' }
  const lent = join(temp, 'tsconfig.json')
  // Where the gateway is not installed beside it, its types are those of this release.
  if (!resolved('nexus-gateway/package.json')) await writeFile(lent, JSON.stringify({ extends: config, compilerOptions: { paths: typePaths(root) }, ...await ownFiles(config, dir) }))
  const project = await there(lent) ? lent : config
  const ran = await run(process.execPath, [join(dirname(compiler), 'bin', 'tsc'), '--noEmit', '--pretty', 'false', '-p', project], { cwd: dir, deadlineMs, signal })
  if (ran.code === 0) return { faults: [] }
  const said = ran.stdout.split('\n').filter((line) => line.includes('error TS'))
  return { faults: said.length > 0 ? said : [ran.late ? 'the compiler was not done in time' : ran.stderr.trim()] }
}

/** What a config includes when it does not say so is taken from where it stands, and the lent one stands elsewhere. */
async function ownFiles(config: string, dir: string): Promise<object> {
  const says = /"(include|files|extends)"\s*:/.test(withoutComments(await readFile(config, 'utf8')))
  return says ? {} : { include: [join(dir, '**', '*')], exclude: [join(dir, 'node_modules')] }
}

function typePaths(root: string): Readonly<Record<string, readonly string[]>> {
  const types = join(root, 'dist', 'types')
  const valibot = resolverFrom(root)('valibot')
  return { 'nexus-gateway/sdk': [join(types, 'sdk', 'index.d.ts')], 'nexus-gateway/sdk/*': [join(types, 'sdk', '*.d.ts')], 'nexus-gateway/plugins/*': [join(types, 'plugins', '*', 'contract.d.ts')], ...(valibot && { valibot: [valibot.replace(/\.cjs$/, '.d.mts')] }) }
}

function resolverFrom(dir: string): (name: string) => string | undefined {
  const require = createRequire(join(dir, 'package.json'))
  return (name) => {
    try {
      return require.resolve(name)
    } catch {
      return undefined // not installed
    }
  }
}

/** Where the gateway is not installed beside the plugin, its test finds this release. */
const hooks = (from: string): string => `export async function resolve(specifier, context, next) {
  try { return await next(specifier, context) } catch (error) {
    if (!/^(nexus-gateway|valibot|hono)(\\/|$)/.test(specifier)) throw error
    return next(specifier, { ...context, parentURL: ${JSON.stringify(from)} })
  }
}`

async function tested(root: string, dir: string, temp: string, signal: AbortSignal | undefined): Promise<Verdict> {
  const register = join(temp, 'register.mjs')
  await writeFile(join(temp, 'hooks.mjs'), hooks(pathToFileURL(join(root, 'package.json')).href))
  await writeFile(register, 'import { register } from \'node:module\'\nregister(\'./hooks.mjs\', import.meta.url)\n')
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${pathToFileURL(register).href}`.trim() }
  // A runner of tests that finds itself inside another one reports to that, not to its status.
  delete env['NODE_TEST_CONTEXT']
  const ran = await run('npm', ['test'], { cwd: dir, env, deadlineMs, signal })
  if (ran.code === 0) return { faults: [] }
  return { faults: ran.late ? [`they were not done after ${deadlineMs / 1000} s`] : lastLines(`${ran.stdout}\n${ran.stderr}`) }
}

const lastLines = (text: string): string[] => {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('npm '))
  const failed = lines.filter((line) => /not ok|✖|FAIL|error/i.test(line))
  return (failed.length > 0 ? failed.slice(0, 10) : lines.slice(-10))
}

async function sized(dir: string, signal: AbortSignal | undefined): Promise<Facts['size']> {
  const env = { ...process.env, npm_config_update_notifier: 'false', npm_config_offline: 'true' }
  const ran = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: dir, env, deadlineMs, signal })
  if (ran.code !== 0) return undefined
  const [tarball] = Object.values(JSON.parse(ran.stdout.slice(ran.stdout.search(/^[[{]/m))) as Record<string, { unpackedSize: number; files: readonly unknown[] }>)
  return tarball && { bytes: tarball.unpackedSize, files: tarball.files.length }
}
