import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../fixtures/built.ts'
import { binary, nexus, stateDir } from './spawn.ts'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const errorOf = (out: string) => (JSON.parse(out) as { error: { code: string; message: string; fix: string } }).error

describe('help and version', () => {
  test('--version prints the version and nothing else', async () => {
    expect(await nexus(['--version'])).toEqual({ status: 0, out: `${version}\n`, err: '' })
    expect(await nexus(['-V'])).toMatchObject({ status: 0, out: `${version}\n` })
    expect(JSON.parse((await nexus(['--version', '--json'])).out)).toEqual({ version, node: process.versions.node })
  })

  test('--help lists the kernel\'s own commands and those of plugins', async () => {
    const { status, out, err } = await nexus(['--help'])
    expect({ status, err }).toEqual({ status: 0, err: '' })
    for (const command of ['start', 'stop', 'call', 'explain', 'completion', 'help', 'logs', 'status']) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'))
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/\u001b/)
    expect((await nexus([])).out).toBe(out)
    expect((await nexus(['help'])).out).toBe(out)
  })

  test('help of a command has its usage, options and examples, however it is asked for', async () => {
    const { status, out } = await nexus(['help', 'start'])
    expect(status).toBe(0)
    expect(out).toMatch(/^ {2}nexus start \[options\]$/m)
    expect(out).toMatch(/^ {2}-p, --port PORT {2,}TCP port/m)
    expect(out).toMatch(/^Examples\n {2}nexus start$/m)
    expect((await nexus(['start', '--help'])).out).toBe(out)
    expect((await nexus(['start', '-h', '--port', '1'])).out).toBe(out)
  })

  test('help of a command that others begin with lists these too', async () => {
    const { out } = await nexus(['help', 'cost'])
    expect(out).toMatch(/^Commands\n(?: {2}.*\n)* {2}cost budgets {2,}\w/m)
    const { commands } = JSON.parse((await nexus(['help', 'cost', '--json'])).out) as { commands: { name: string }[] }
    expect(commands.map(({ name }) => name)).toEqual(expect.arrayContaining(['cost', 'cost budgets']))
    expect((await nexus(['help', 'cost', 'budgets'])).out).not.toContain('Commands')
  })

  test('every command of the manifests has help, which loads no plugin', async () => {
    const { commands } = JSON.parse((await nexus(['help', '--json'])).out) as { commands: { name: string; plugin: string | null; summary: string }[] }
    expect(commands.map(({ name }) => name)).toEqual(expect.arrayContaining(['start', 'logs']))
    for (const { name, plugin, summary } of commands) {
      const { status, out } = await nexus(['help', ...name.split(' ')])
      expect(status).toBe(0)
      expect(out).toContain(summary)
      if (plugin) expect(out).toContain(`From plugin ${plugin}.`)
    }
  })

  test('help does not need settings that can be read', async () => {
    const state = stateDir()
    writeFileSync(join(state, 'nexus.json5'), '{ plugins: [')
    expect(await nexus(['--help'], { env: { NEXUS_STATE_DIR: state } })).toMatchObject({ status: 0, err: '' })
    rmSync(state, { recursive: true })
  })
})

describe('a wrong line ends with status 2 and says what was meant', () => {
  test.each([
    [['strat'], 'unknown command "strat"', 'nexus start'],
    [['logz'], 'unknown command "logz"', 'nexus logs'],
    [['help', 'strat'], 'unknown command "strat"', 'nexus start'],
    [['call', 'ping', '--tiemout', '5'], 'unknown option --tiemout', '--timeout'],
    [['--jsno'], 'unknown option --jsno', 'nexus help'],
    [['--port', '1', 'start'], 'unknown option --port', 'after its name'],
    [['start', '--port', 'http'], '--port takes a number', 'nexus help start'],
    [['start', '--port', '65536'], '--port takes a number', 'nexus help start'],
    [['start', 'now'], 'unexpected argument "now"', 'nexus help start'],
    [['call'], 'the argument <method> is missing', 'nexus call --list'],
    [['call', 'ping', '{'], 'the params are not JSON', 'single quotes'],
    [['call', 'ping', '@/nowhere/params.json'], 'cannot read /nowhere/params.json: ENOENT', 'nexus help call'],
    [['call', 'ping', '--timeout', '0'], '--timeout takes a whole number', 'default'],
    [['call', 'ping', '--url', 'localhost:1'], '--url takes an address', 'http'],
    [['call', 'ping', '-', '--token-file', '-'], 'standard input cannot be both', 'nexus help call'],
    [['completion', 'tcsh'], 'completion knows the shells', 'nexus help completion'],
    [['explain', 'NEXUS_START_PROT'], 'there is no such error code', 'NEXUS_START_PORT'],
  ])('%j', async (line, message, fix) => {
    const text = await nexus(line)
    expect(text).toMatchObject({ status: 2, out: '' })
    expect(text.err).toContain(`NEXUS_CLI_USAGE  ${message}`)
    expect(text.err).toContain(fix)
    const json = await nexus([...line, '--json'])
    expect(json).toMatchObject({ status: 2, err: '' })
    expect(errorOf(json.out).message).toContain(message)
    expect(errorOf(json.out).fix).toContain(fix)
  })

  test('what stands after -- is no flag', async () => {
    expect((await nexus(['call', '--', '--json', '--help'])).err).toContain('the params are not JSON')
  })
})

test('a secret is refused as an argument, whatever it is called, and not repeated', async () => {
  for (const line of [['--token', 'hunter2'], ['--token=hunter2'], ['--password', 'hunter2'], ['--url', 'http://:hunter2@127.0.0.1:1'], ['--url', 'http://127.0.0.1:1/?token=hunter2']]) {
    const { status, out, err } = await nexus(['call', 'ping', ...line])
    expect(status).toBe(2)
    expect(err).toContain('--token-file')
    expect(out + err).not.toContain('hunter2')
  }
})

describe('calls', () => {
  let state: string
  let server: ReturnType<typeof createServer>
  let url: string
  const seen: { body: unknown; authorization: string | undefined }[] = []

  beforeAll(async () => {
    state = stateDir()
    const answer = async (req: IncomingMessage): Promise<unknown> => {
      let text = ''
      for await (const chunk of req) text += String(chunk)
      const body = JSON.parse(text) as { method: string; params?: unknown }
      seen.push({ body, authorization: req.headers.authorization })
      if (body.method === 'hang') return new Promise(() => {})
      if (body.method === 'fail') return { ok: false, error: { code: 'FORBIDDEN', message: 'missing scope: operator.admin', details: { nexus: 'NEXUS_CALL_DENIED', fix: 'Use {another} credential.' } } }
      if (body.method === 'old') return { ok: false, error: { code: 'UNAVAILABLE', message: 'later' } }
      return { ok: true, payload: body.params ?? null }
    }
    server = createServer((req, res) => { void answer(req).then((reply) => res.end((JSON.parse(JSON.stringify(reply)) as { payload?: unknown }).payload === 'noise' ? '<html>' : JSON.stringify(reply))) })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    mkdirSync(join(state, 'auth'))
    writeFileSync(join(state, 'auth', 'token'), 'own-token\n', { mode: 0o600 })
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
    rmSync(state, { recursive: true })
  })
  const call = (args: string[], options: { env?: Record<string, string>; input?: string } = {}) => nexus(['call', ...args, '--url', url], { ...options, env: { NEXUS_STATE_DIR: state, ...options.env } })

  test('params come from the line, a file or standard input, and reach the gateway as they are', async () => {
    writeFileSync(join(state, 'params.json'), '{"id":"007"}')
    expect(await call(['echo', '{"id":"007"}'])).toEqual({ status: 0, out: '{"id":"007"}\n', err: '' })
    expect((await call(['echo', `@${join(state, 'params.json')}`])).out).toBe('{"id":"007"}\n')
    expect((await call(['echo', '-'], { input: '{"id":"007"}' })).out).toBe('{"id":"007"}\n')
    expect((await call(['echo', '007'])).err).toContain('not JSON')
    expect((await call(['007'])).out).toBe('null\n')
    expect(seen.at(-1)!.body).toEqual({ method: '007' })
  })

  test('the gateway\'s error ends with status 1, its own code, message and fix', async () => {
    expect(await call(['fail'])).toMatchObject({ status: 1, out: '', err: expect.stringMatching(/^NEXUS_CALL_DENIED {2}missing scope: operator.admin\n +fix {2}Use \{another\} credential\.\n$/) as string })
    expect(await call(['fail', '--json'])).toMatchObject({ status: 1, err: '' })
    expect(errorOf((await call(['fail', '--json'])).out)).toEqual({ code: 'NEXUS_CALL_DENIED', message: 'missing scope: operator.admin', fix: 'Use {another} credential.' })
    expect(errorOf((await call(['old', '--json'])).out)).toEqual({ code: 'UNAVAILABLE', message: 'later' })
  })

  test('the token comes from a file, standard input or the environment; the state directory\'s own goes to nobody else', async () => {
    writeFileSync(join(state, 'mine'), ' from-file \n')
    seen.length = 0
    await call(['a', '--token-file', join(state, 'mine')], { env: { NEXUS_TOKEN: 'from-env' } })
    await call(['b', '--token-file', '-'], { input: 'from-stdin\n' })
    await call(['c'], { env: { NEXUS_TOKEN: 'from-env' } })
    await call(['d'])
    expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer from-file', 'Bearer from-stdin', 'Bearer from-env', undefined])
  })

  test.each([
    [['echo', '"noise"'], 'NEXUS_CLI_UNREACHABLE', 69],
    [['hang', '--timeout', '200'], 'NEXUS_CLI_TIMEOUT', 75],
    [['echo', '--token-file', '/nowhere/token'], 'NEXUS_CLI_TOKEN_FILE', 66],
  ])('%j: %s', async (args, code, status) => {
    const { out, ...rest } = await call([...args, '--json'])
    expect(rest).toEqual({ status, err: '' })
    expect(errorOf(out).code).toBe(code)
  })

  test('Ctrl-C ends a call with status 130', async () => {
    seen.length = 0
    const child = spawn(process.execPath, [binary(), 'call', 'hang', '--url', url], { env: { PATH: process.env['PATH'], NEXUS_STATE_DIR: state }, stdio: 'ignore' })
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(1)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
  })

  test('where nothing listens there is no gateway', async () => {
    expect(await nexus(['call', 'ping'], { env: { NEXUS_STATE_DIR: state } })).toMatchObject({ status: 69, err: expect.stringContaining(`NEXUS_CLI_NO_GATEWAY  no gateway runs on ${state}`) as string })
    expect(await nexus(['call', '--list'], { env: { NEXUS_STATE_DIR: state } })).toMatchObject({ status: 69, err: expect.stringContaining('NEXUS_CLI_NO_GATEWAY') as string })
    expect(await nexus(['call', 'ping', '--url', 'http://127.0.0.1:1'])).toMatchObject({ status: 69, err: expect.stringContaining('no gateway runs on 127.0.0.1:1') as string })
    expect(await nexus(['stop'], { env: { NEXUS_STATE_DIR: state } })).toMatchObject({ status: 69 })
  })
})

describe('explain', () => {
  test('every code of the kernel, the gateway and the plugins has a page', async () => {
    const { codes } = JSON.parse((await nexus(['explain', '--json'])).out) as { codes: string[] }
    expect(codes.length).toBeGreaterThan(60)
    expect(codes).toEqual(expect.arrayContaining(['NEXUS_START_PORT', 'NEXUS_CLI_USAGE', 'NEXUS_CONNECTION_BUSY']))
    const { out } = await nexus(['explain', 'nexus_start_port'])
    expect(out).toMatch(/port PORT on HOST is in use/)
    expect(out).toMatch(/Exit status +75/)
    expect(JSON.parse((await nexus(['explain', 'NEXUS_CALL_DENIED', '--json'])).out)).toMatchObject({ code: 'NEXUS_CALL_DENIED', wire: 'FORBIDDEN', exit: 1 })
  })
})

test('a reader that stops reading is no error', async () => {
  const child = spawn('sh', ['-c', `"${process.execPath}" "${binary()}" explain; echo $? >&2`], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const [status] = await once(child.stderr, 'data') as [Buffer]
  expect(String(status).trim()).toBe('0')
})

test('a plugin from outside adds its commands, which run its code and nobody else\'s', async () => {
  const state = stateDir()
  mkdirSync(join(state, 'demo'))
  writeFileSync(join(state, 'demo', 'package.json'), JSON.stringify({
    name: 'demo', version: '1.0.0', type: 'module',
    nexus: { api: 1, id: 'demo', entry: 'index.ts', cli: 'cli.ts', commands: { 'demo say': { summary: 'Say it', args: ['<word>'], options: { id: { summary: 'Id', value: 'ID' } } }, 'demo fail': { summary: 'Fail' } } },
  }))
  writeFileSync(join(state, 'demo', 'index.ts'), 'throw new Error("the plugin itself is not wanted")')
  writeFileSync(join(state, 'demo', 'cli.ts'), `
    import { command, commands, type CommandIo } from 'nexus-gateway/sdk'
    export default commands({
      'demo say': command({ summary: 'Say it', run: (io: CommandIo) => { io.print(\`\${io.args['word']} \${io.options['id']}\`, { word: io.args['word'] }); return 7 } }),
      'demo fail': command({ summary: 'Fail', run: () => { throw new TypeError('oh dear') } }),
    })`)
  writeFileSync(join(state, 'nexus.json5'), '{ plugins: ["./demo"] }')
  chmodSync(state, 0o700)
  const env = { NEXUS_STATE_DIR: state }
  expect(await nexus(['demo', 'say', '007', '--id', '08'], { env })).toEqual({ status: 7, out: '007 08\n', err: '' })
  expect(await nexus(['demo', 'say', '007', '--json'], { env })).toMatchObject({ status: 7, out: '{"word":"007"}\n' })
  expect((await nexus(['--help'], { env })).out).toMatch(/^ {2}demo … +say, fail$/m)
  expect((await nexus(['demo'], { env })).out).toMatch(/^ {2}demo say +Say it$/m)
  expect(await nexus(['demo', 'sya'], { env })).toMatchObject({ status: 2, err: expect.stringContaining('nexus demo say') as string })
  expect(await nexus(['demo', 'fail'], { env })).toMatchObject({ status: 70, err: expect.stringContaining('NEXUS_CLI_COMMAND  command "demo fail" of plugin "demo" failed: oh dear') as string })
  rmSync(state, { recursive: true })
})
