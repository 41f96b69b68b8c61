/** `nexus config …` and `nexus doctor` as they are typed. */
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it, test } from 'vitest'
import { sentinel } from '../../plugins/config/contract.ts'
import commands from '../../plugins/config/cli.ts'
import { skeleton } from '../../plugins/config/edit.ts'
import { valueOf } from '../../plugins/config/input.ts'
import { settings, type Settings } from './config-harness.ts'

const file = `// mine
{
  logs: { level: 'info' },
  provider: { baseUrl: 'https://one.example', apiKey: 'hunter2hunter2' },
}
`
interface Typed { readonly args?: Record<string, string>; readonly options?: Record<string, string | boolean>; readonly stdin?: string; readonly tty?: boolean; readonly env?: NodeJS.ProcessEnv; readonly json?: boolean }

async function run({ k, fake }: Settings, name: string, { args = {}, options = {}, stdin, tty = false, env = {}, json = false }: Typed = {}) {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const input = Object.assign(new PassThrough(), { isTTY: tty, setRawMode: () => undefined })
  if (stdin !== undefined) {
    if (tty) setImmediate(() => input.write(stdin))
    else input.end(stdin)
  }
  let printed: { text: string; value: unknown } | undefined
  const code = await commands[name]!.run({
    args, options, json, env, signal: new AbortController().signal, paths: k.kernel.paths,
    stdin: input as unknown as NodeJS.ReadStream, stdout: Object.assign(out, { isTTY: false }) as unknown as NodeJS.WriteStream, stderr: Object.assign(err, { isTTY: false }) as unknown as NodeJS.WriteStream,
    call: (method, params) => k.call(method, params), connect: () => Promise.reject(new Error('no socket here')),
    print: (text, value) => { printed = { text, value } },
  })
  return { code: code ?? 0, text: printed?.text ?? '', value: printed?.value, stderr: String(err.read() ?? ''), now: await readFile(fake.file, 'utf8') }
}

/** An editor that is a line of shell; `$1` is the file. */
async function editor(s: Settings, script: string): Promise<NodeJS.ProcessEnv> {
  const path = join(s.fake.dir, 'editor.sh')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o700)
  return { EDITOR: `${path} `, PATH: process.env['PATH'] }
}
const copies = async (s: Settings): Promise<string[]> => (await readdir(join(s.fake.dir, 'config'))).filter((name) => name.startsWith('edit-'))

describe('config get', () => {
  it('prints what is in use, one value, or what the file says', async () => {
    await using s = await settings({ text: file })
    expect(await run(s, 'config get', { args: { path: 'logs.files' } })).toMatchObject({ text: '5', value: 5 })
    expect(await run(s, 'config get', { args: { path: 'provider["baseUrl"]' } })).toMatchObject({ text: 'https://one.example' })
    expect(await run(s, 'config get', { args: { path: 'provider.apiKey' } })).toMatchObject({ text: sentinel, value: sentinel })
    expect((await run(s, 'config get', { options: { file: true } })).value).toEqual({ logs: { level: 'info' }, provider: { baseUrl: 'https://one.example', apiKey: sentinel } })
    expect((await run(s, 'config get')).text).toContain('"port": 19789')
  })

  it('says what was meant by a key that is not set', async () => {
    await using s = await settings({ text: file })
    await expect(run(s, 'config get', { args: { path: 'logs.levle' } })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_NO_VALUE', exit: 1, fix: 'Did you mean logs.level?' })
    await expect(run(s, 'config get', { args: { path: 'agent.name' } })).rejects.toMatchObject({ fix: 'Set it: nexus config set agent.name VALUE' })
    await expect(run(s, 'config get', { args: { path: 'a[' } })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_PATH' })
  })
})

describe('config set', () => {
  it.each([
    ['gateway.port', '8080', 8080], ['logs', '{ level: "debug", files: 2 }', { level: 'debug', files: 2 }], ['agent.name', '12', '12'], ['agent.name', 'true', 'true'], ['agent.name', 'it is', 'it is'], ['agent.name', '"x"', 'x'], ['provider.models[0].id', 'm', 'm'],
  ])('%s %s', async (path, value, expected) => {
    await using s = await settings({ text: file.replace('apiKey', 'models: [], apiKey') })
    const done = await run(s, 'config set', { args: { path, value } })
    expect(done.code).toBe(0)
    expect((await run(s, 'config get', { args: { path }, options: { file: true } })).value).toEqual(expected)
    expect(done.now).toContain('// mine')
  })

  it('takes text as text with --text, and what is piped in', async () => {
    await using s = await settings({ text: file })
    await run(s, 'config set', { args: { path: 'provider.headers.x', value: '[1]' }, options: { text: true } })
    expect((await run(s, 'config set', { args: { path: 'agent.model' }, stdin: 'm1\n' })).now).toMatch(/x: '\[1\]'[^]*model: 'm1'/)
    await expect(run(s, 'config set', { args: { path: 'agent.model' }, tty: true })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_NO_VALUE' })
  })

  it('takes a secret from standard input only, and never repeats it', async () => {
    await using s = await settings({ text: file })
    await expect(run(s, 'config set', { args: { path: 'provider.apiKey', value: 'hunter3hunter3' } })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_SECRET_ARGUMENT', exit: 2, message: expect.not.stringContaining('hunter3') })
    const done = await run(s, 'config set', { args: { path: 'provider.apiKey' }, stdin: 'hunter3"hunter3\n' })
    expect(done.now).toContain('apiKey: \'hunter3"hunter3\'')
    expect(JSON.stringify([done.text, done.value, done.stderr, s.k.logs])).not.toContain('hunter3')
    await expect(run(s, 'config set', { args: { path: 'provider.apiKey' }, stdin: '' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_NO_VALUE' })
  })

  it('asks for a secret without showing it', async () => {
    await using s = await settings({ text: file })
    const done = await run(s, 'config set', { args: { path: 'provider.apiKey' }, tty: true, stdin: 'hunter4x\u007fhunter4\r' })
    expect(done.now).toContain('apiKey: \'hunter4hunter4\'')
    expect(done.stderr).toBe('provider.apiKey: \n')
  })

  it('takes a reference to a secret as an argument', async () => {
    await using s = await settings({ text: file, env: { KEY: 'hunter2' } })
    expect((await run(s, 'config set', { args: { path: 'provider.apiKey', value: '{ $secret: "env:KEY" }' } })).now).toContain('apiKey: { $secret: \'env:KEY\' }')
    expect((await run(s, 'config set', { args: { path: 'provider.apiKey', value: '${KEY}' } })).now).toContain('apiKey: \'${KEY}\'')
  })

  it('says what it changed, and what was wrong with a value that was not taken', async () => {
    await using s = await settings({ text: file })
    expect((await run(s, 'config set', { args: { path: 'gateway.port', value: '8080' } })).text).toBe('✓ changed gateway.port\n  set up anew: one\n! takes effect at the next start: gateway.port')
    expect((await run(s, 'config set', { args: { path: 'gateway.port', value: '8080' } })).text).toBe('nothing to change: the settings say so already')
    await expect(run(s, 'config set', { args: { path: 'gateway.prot', value: '1' } })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_FAULTY', message: expect.stringContaining('did you mean "port"?') })
  })

  it('tries again if somebody else has written in between', async () => {
    await using s = await settings({ text: file })
    let first = true
    const call = s.k.call.bind(s.k)
    Object.assign(s.k, { call: async (method: string, params?: unknown) => {
      if (method === 'config.edit' && first) {
        first = false
        await s.fake.put(file.replace('info', 'warn'))
      }
      return call(method, params)
    } })
    expect((await run(s, 'config set', { args: { path: 'logs.files', value: '2' } })).now).toContain('{ level: \'warn\', files: 2 }')
  })
})

test('config unset takes the key out', async () => {
  await using s = await settings({ text: file })
  const done = await run(s, 'config unset', { args: { path: 'logs.level' } })
  expect(done).toMatchObject({ code: 0, text: expect.stringContaining('changed logs.level') })
  expect(done.now).toContain('logs: {},')
})

describe('config edit', () => {
  it('saves what is valid, and the secrets that were covered stay', async () => {
    await using s = await settings({ text: file })
    const env = await editor(s, `stat -c %a "$1" > "${s.fake.dir}/mode"; cp "$1" "${s.fake.dir}/seen"; sed -i 's/info/warn/' "$1"`)
    const done = await run(s, 'config edit', { env })
    expect(done).toMatchObject({ code: 0, text: expect.stringContaining('changed logs.level') })
    expect(done.now).toContain('apiKey: \'hunter2hunter2\'')
    expect(await readFile(join(s.fake.dir, 'mode'), 'utf8')).toBe('600\n')
    expect((await stat(join(s.fake.dir, 'config'))).mode & 0o777).toBe(0o700)
    expect(await readFile(join(s.fake.dir, 'seen'), 'utf8')).not.toContain('hunter2')
    expect(await copies(s)).toEqual([])
  })

  it('leaves everything as it was if nothing was changed', async () => {
    await using s = await settings({ text: file })
    expect(await run(s, 'config edit', { env: await editor(s, 'true') })).toMatchObject({ code: 0, text: 'nothing was changed', now: file })
    expect(await copies(s)).toEqual([])
  })

  it('offers bad input again with the faults on top, and saves it once it is right', async () => {
    await using s = await settings({ text: file })
    const env = await editor(s, `if grep -q lowd "$1"; then cp "$1" "${s.fake.dir}/seen"; sed -i 's/lowd/warn/' "$1"; else sed -i 's/info/lowd/' "$1"; fi`)
    const done = await run(s, 'config edit', { env, tty: true })
    expect(done).toMatchObject({ code: 0 })
    expect(done.now).toContain('level: \'warn\'')
    expect(done.now).not.toContain('┃')
    const seen = (await readFile(join(s.fake.dir, 'seen'), 'utf8')).split('\n')
    expect(seen[1]).toMatch(/^\/\/ ┃ line 6, column 11: "logs.level" must be "debug", "info" or "warn"/)
    expect(seen[5]).toContain('level: \'lowd\'')
    expect(done.stderr).toMatch(/edit-[0-9a-f]{8}\.json5:3:11: error "logs\.level"/)
  })

  it('keeps bad input when the editor is left, and goes on with it later', async () => {
    await using s = await settings({ text: file })
    const left = await run(s, 'config edit', { env: await editor(s, `grep -q broken "$1" || echo '{ broken' >> "$1"`), tty: true })
    expect(left).toMatchObject({ code: 1, now: file, text: expect.stringContaining('kept in') })
    const [copy] = await copies(s)
    const from = join(s.fake.dir, 'config', copy!)
    expect(await readFile(from, 'utf8')).toContain('{ broken')
    const done = await run(s, 'config edit', { env: await editor(s, `sed -i '/broken/d; s/info/warn/' "$1"`), options: { from }, tty: true })
    expect(done).toMatchObject({ code: 0 })
    expect(done.now).toContain('level: \'warn\'')
    expect(await copies(s)).toEqual([])
  })

  it('with no terminal asks once', async () => {
    await using s = await settings({ text: file })
    expect(await run(s, 'config edit', { env: await editor(s, `echo x >> "$1"`) })).toMatchObject({ code: 1, value: { ok: false, copy: expect.any(String) } })
  })

  it('keeps what was written if the editor fails, or the file was changed meanwhile', async () => {
    await using s = await settings({ text: file })
    await expect(run(s, 'config edit', { env: await editor(s, 'exit 3') })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_EDITOR', message: expect.stringContaining('exit status 3'), fix: expect.stringContaining('--from') })
    await expect(run(s, 'config edit', { env: await editor(s, `sed -i 's/info/warn/' "$1"; sed -i 's/one.example/two.example/' "${s.fake.file}"`) })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_STALE' })
    expect(await copies(s)).toHaveLength(2)
    await expect(run(s, 'config edit', { options: { from: '/nowhere' } })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_FILE' })
  })

  it('of no file begins with a skeleton', async () => {
    await using s = await settings()
    const env = await editor(s, `cp "$1" "${s.fake.dir}/seen"; echo '{ logs: { files: 1 } }' > "$1"`)
    await s.fake.put('')
    expect((await run(s, 'config edit', { env })).code).toBe(0)
    expect(await readFile(join(s.fake.dir, 'seen'), 'utf8')).toBe(skeleton)
  })

  it('mends a file that nobody can read', async () => {
    await using s = await settings({ text: '{ logs: { level: "info" }' })
    expect((await run(s, 'config edit', { env: await editor(s, `echo '}' >> "$1"`) })).now).toContain('level: "info"')
  })
})

describe('config validate', () => {
  it('shows each fault with its place, its line and a caret', async () => {
    await using s = await settings({ text: file })
    expect(await run(s, 'config validate')).toMatchObject({ code: 0, text: expect.stringContaining(`✓ ${s.fake.file} is valid`) })
    const other = join(s.fake.dir, 'other.json5')
    await writeFile(other, '{\n  logs: { fils: 2 },\n  gatway: {},\n}\n')
    const { code, text } = await run(s, 'config validate', { args: { file: other } })
    expect(code).toBe(1)
    expect(text).toContain([`${other}:2:11: error "logs.fils" is not a known key; did you mean "files"?`, '    2 │   logs: { fils: 2 },', '      │           ^'].join('\n'))
    expect(text).toContain([`${other}:3:3: error "gatway" is no plugin in the list; did you mean "gateway"?`, '    3 │   gatway: {},', '      │   ^'].join('\n'))
    await expect(run(s, 'config validate', { args: { file: '/nowhere' } })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_FILE' })
  })

  it('shows where the syntax ends, and no secret', async () => {
    await using s = await settings({ text: file })
    await s.fake.put('{\n  provider: { apiKey: hunter2hunter2 },\n}')
    const { code, text, value } = await run(s, 'config validate')
    expect(code).toBe(1)
    expect(text).toMatch(/nexus\.json5:2:23: error .*\n {4}2 │ {3}provider: \{ apiKey: •+ \},\n {6}│ {23}\^$/)
    expect(JSON.stringify(value)).not.toContain('hunter2')
  })
})

test('config history, diff and restore go back', async () => {
  await using s = await settings({ text: file })
  expect((await run(s, 'config history')).text).toContain('no backups yet')
  await run(s, 'config set', { args: { path: 'logs.level', value: 'warn' } })
  await run(s, 'config set', { args: { path: 'provider.apiKey' }, stdin: 'other-secret' })
  const { text, value } = await run(s, 'config history')
  const { backups } = value as { backups: { id: string }[] }
  expect(text).toMatch(/^ID +KEPT \(UTC\) +SIZE\n\S+Z-[0-9a-f]{8} {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}\d+ bytes\n/)
  expect((await run(s, 'config diff')).text).toMatch(/^--- .*\n\+\+\+ .*\n! the secret in provider\.apiKey differs$/)
  expect((await run(s, 'config diff', { args: { backup: backups[1]!.id } })).text).toContain('-  logs: { level: \'info\' },\n+  logs: { level: \'warn\' },')
  expect((await run(s, 'config restore', { args: { id: backups[1]!.id } })).now).toBe(file)
})

test('config file, schema and explain', async () => {
  await using s = await settings({ text: file })
  expect((await run(s, 'config file')).value).toEqual({ path: s.fake.file })
  expect((await run(s, 'config file', { options: { url: 'http://there' } })).text).toBe(s.fake.file)
  expect((await run(s, 'config schema')).value).toMatchObject({ properties: { logs: { type: 'object' } } })
  expect((await run(s, 'config explain', { args: { path: 'logs.level' } })).text).toBe(
    `logs.level\n  How much is logged.\n  value      "info"\n  from       the settings, ${s.fake.file}:3:11\n  expects    "debug", "info", "warn"\n  default    "info"\n  marks      agents may change it`)
  expect(await run(s, 'config explain', { args: { path: 'gatewya.port' } })).toMatchObject({ code: 1, text: '! no plugin knows "gatewya.port"; did you mean "gateway.port"?' })
})

it('reads a value as JSON5 where it is that', async () => {
  for (const [text, value] of [['1', 1], ['.5', 0.5], ['0x10', 16], ['null', null], ['\'a\'', 'a'], ['a b', 'a b'], ['08', '08'], ['{', '{'], ['', ''], ['[1,]', [1]]] as const) expect(await valueOf(text, undefined)).toEqual(value)
})
