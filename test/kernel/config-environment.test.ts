/** Variables in settings: whose value counts, how a text names one, and that the login shell is asked only when it must be. */
import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expand, variablesIn } from '../../kernel/config/environment.ts'
import type { ConfigFault } from '../../kernel/config/fault.ts'
import { configFiles, strict } from './config-files.ts'

const text = { type: 'string' } as const

describe('a variable', () => {
  it('is the process\'s own before the block\'s, and that before the one of .env', async () => {
    const { look, put } = configFiles()
    const dotenv = put('.env', '# mine\nA=file\nexport B="file"\nC=file\nD=\'fi le\'\n')
    const { tree, lines } = await look('{ env: { A: "block", B: "block", E: "${D}!" }, cron: { list: ["${A}", "${B}", "${C}", "${D}", "${E}"] } }', { dotenv, env: { A: 'process', F: 'x' } }, { cron: { type: 'object' } })
    expect(lines).toEqual([])
    expect(tree.blocks).toEqual({ cron: { list: ['process', 'block', 'file', 'fi le', 'fi le!'] } })
    expect(tree.env).toEqual({ A: 'process', B: 'block', C: 'file', D: 'fi le', E: 'fi le!', F: 'x' })
    expect(tree.files).toContain(dotenv)
  })

  it('that is empty is as good as none', async () => {
    const { look } = configFiles()
    expect((await look('{ env: { A: "block" }, cron: { zone: "${A}" } }', { env: { A: '' } }, { cron: strict({ zone: text }) })).tree.blocks).toEqual({ cron: { zone: 'block' } })
    expect((await look('{ cron: { zone: "${A}" } }', { env: { A: '' } }, { cron: strict({ zone: text }) })).lines).toEqual([expect.stringContaining('needs the variable A, which is not set')])
  })

  it('that is missing is told with the key, the line and the nearest there is', async () => {
    const { look } = configFiles()
    const { lines, tree } = await look('{\n  env: { B: "${NONE_AT_ALL}" },\n  cron: {\n    zone: "at ${OPENAI_KEY} and ${ZZZZZZ}",\n    n: "${N}" } }', { env: { OPENAI_KEYS: 'sk-planted' } }, { cron: strict({ zone: { type: 'string', maxLength: 3 }, n: { type: 'integer' } }) })
    const why = 'which is not set: not in the environment, not in .env and not under "env"'
    // That the text with its variable is too long, or no number, would say nothing new.
    expect(lines).toEqual([
      `nexus.json5:2:10: "env.B" needs the variable NONE_AT_ALL, ${why}`,
      `nexus.json5:4:5: "cron.zone" needs the variable OPENAI_KEY, ${why}; did you mean "OPENAI_KEYS"?`,
      `nexus.json5:4:5: "cron.zone" needs the variable ZZZZZZ, ${why}`,
      `nexus.json5:5:5: "cron.n" needs the variable N, ${why}`,
    ])
    expect(lines.join()).not.toContain('sk-planted')
    expect(tree.blocks).toEqual({ cron: { zone: 'at ${OPENAI_KEY} and ${ZZZZZZ}', n: '${N}' } })
  })

  it('alone in a text is what the schema wants of it', async () => {
    const { look } = configFiles()
    const schema = strict({ n: { type: 'integer', maximum: 99 }, on: { type: 'boolean' }, text, list: { type: 'array', items: { anyOf: [{ type: 'number' }, { type: 'boolean' }] } } })
    const { lines, checked } = await look('{ cron: { n: "${N}", on: "${ON}", text: "${N}", list: ["${F}", "${ON}"] } }', { env: { N: '8', ON: 'true', F: '-1.5' } }, { cron: schema })
    expect([lines, checked.blocks]).toEqual([[], { cron: { n: 8, on: true, text: '8', list: [-1.5, true] } }])
    expect((await look('{ cron: { n: "${N}", on: "${N}", list: ["${N}0"] } }', { env: { N: '100' } }, { cron: schema })).lines).toEqual([
      'nexus.json5:1:11: "cron.n" must be a whole number at most 99',
      'nexus.json5:1:22: "cron.on" must be true or false',
      'nexus.json5:1:41: "cron.list[0]" must be a number or true or false',
    ])
  })

  it('has capital letters; what looks like one and is none is pointed out', async () => {
    const { tree, notes } = await configFiles().look('{ cron: { a: "${key}", b: "say ${name}", c: "${A}" } }', { env: { A: 'x' } }, { cron: { type: 'object' } })
    expect(tree.blocks).toEqual({ cron: { a: '${key}', b: 'say ${name}', c: 'x' } })
    expect(notes).toEqual([expect.stringMatching(/^"cron\.a" names no variable/)])
  })

  it('cannot be a reference, and must have a name', async () => {
    expect((await configFiles().look('{ env: { A: { $secret: "env:B" }, "b-c": "x" } }')).lines).toEqual([
      'nexus.json5:1:10: "env.A" must be a string: a variable cannot be a reference to a secret',
      'nexus.json5:1:35: "env.b-c" is no name for a variable: it may have letters, digits and _',
    ])
  })
})

describe('.env', () => {
  it('may be missing, and is a file like any other', async () => {
    const { dir, look, put } = configFiles()
    expect((await look('{}', { dotenv: join(dir, 'none') })).lines).toEqual([])
    expect((await look('{}', { dotenv: dir })).lines.join()).toContain('not a regular one but a directory')
    expect((await look('{}', { dotenv: put('.env', Buffer.from([0x41, 0x3d, 0xff])) })).lines).toEqual(['.env: the file is not UTF-8 text'])
  })

  it('of the working directory is not read', async () => {
    const { dir, look, put } = configFiles()
    put('.env', 'FROM_HERE=1')
    const before = process.cwd()
    process.chdir(dir)
    try {
      expect((await look('{}')).tree.env).toEqual({})
    } finally {
      process.chdir(before)
    }
  })

  it('reaches no prototype', async () => {
    const { look, put } = configFiles()
    const { tree } = await look('{ cron: { a: "${A}" } }', { dotenv: put('.env', '__proto__=x\nconstructor=y\nA=1') }, { cron: { type: 'object' } })
    expect(tree.blocks).toEqual({ cron: { a: '1' } })
    expect(Object.getPrototypeOf(tree.env)).toBe(Object.prototype)
    expect((await look('{ cron: { a: "${TO_STRING}" } }', {}, { cron: { type: 'object' } })).lines).toHaveLength(1)
  })
})

describe('putting variables in their place', () => {
  const env = { A: 'one', B_2: '${A}', _C: '$' }
  const put = (value: unknown) => {
    const faults: ConfigFault[] = []
    return { value: expand(value, env, [], { faults }), faults }
  }

  it.each([
    ['${A}', 'one'], ['x${A}y${A}', 'xoneyone'], ['$${A}', '${A}'], ['$$${A}', '$${A}'], ['$$$${A}', '$$${A}'], ['${B_2}', '${A}'], ['${_C}{A}', '${A}'],
    ['$A', '$A'], ['${a}', '${a}'], ['${A', '${A'], ['${1A}', '${1A}'], ['${A-x}', '${A-x}'], ['${}', '${}'], ['{A}', '{A}'],
  ])('makes %s to %s', (given, expected) => {
    expect(put(given)).toEqual({ value: expected, faults: [] })
  })

  it('is done once, in every text and in no key', () => {
    expect(put({ '${A}': ['${B_2}', { x: '${A}' }, 5, null, true] }).value).toEqual({ '${A}': ['${A}', { x: 'one' }, 5, null, true] })
  })

  it('leaves alone what names none, and with two dollars gives back any text', () => {
    const piece = fc.constantFrom('$', '$$', '${', '}', '{', 'A', 'B_2', 'a', '${A}', '$${A}', '${NONE}', ' ')
    fc.assert(fc.property(fc.array(piece, { maxLength: 8 }).map((all) => all.join('')), (one) => {
      if (variablesIn(one).length === 0 && !one.includes('$${')) expect(put(one)).toEqual({ value: one, faults: [] })
      const { value, faults } = put(one)
      expect(faults.map(({ what }) => /variable (\w+)/.exec(what)?.[1])).toEqual(variablesIn(one).filter((name) => !(name in env)))
      expect(typeof value).toBe('string')
    }))
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'A', 'b', '1', ' ') }), (one) => {
      expect(put(`$\${A}${one}$\${NONE}`)).toEqual({ value: `\${A}${one}\${NONE}`, faults: [] })
    }))
  })
})

describe('the login shell', () => {
  const settings = (more = '') => `{ env: { shellEnv: { enabled: true, timeoutMs: 5000 } ${more} }, auth: { token: "\${SHELL_TOKEN}", key: { $secret: "env:SHELL_KEY" } } }`
  const schema = { auth: strict({ token: text, key: { type: 'string', secret: true } }) }
  const shell = (files: ReturnType<typeof configFiles>, body: string): string => {
    const file = files.put('shell', `#!/bin/sh\ntouch "$(dirname "$0")/asked"\necho noise\n${body}\nexec /bin/sh -c "$3"\n`)
    chmodSync(file, 0o755)
    return file
  }

  it('gives what is expected and missing, and nothing else', async () => {
    const files = configFiles()
    const SHELL = shell(files, 'export SHELL_TOKEN=from-shell SHELL_KEY="two\nlines" OTHER=x PATH_SET=shell')
    const { tree, lines } = await files.look(settings(), { env: { SHELL, PATH: process.env['PATH'], PATH_SET: 'process' } }, schema)
    expect(lines).toEqual([])
    expect(tree.blocks).toMatchObject({ auth: { token: 'from-shell' } })
    expect(tree.env).toMatchObject({ SHELL_TOKEN: 'from-shell', SHELL_KEY: 'two\nlines', PATH_SET: 'process' })
    expect(Object.keys(tree.env)).not.toContain('OTHER')
  })

  it('is not asked when nothing is missing, nor when it is not enabled', async () => {
    const files = configFiles()
    const SHELL = shell(files, 'export SHELL_TOKEN=x SHELL_KEY=y')
    const env = { SHELL, PATH: process.env['PATH'] }
    expect((await files.look(settings(', SHELL_KEY: "k"'), { env: { ...env, SHELL_TOKEN: 'own' } }, schema)).lines).toEqual([])
    expect((await files.look('{ auth: { token: "${SHELL_TOKEN}" } }', { env }, schema)).lines).toHaveLength(1)
    expect(existsSync(join(files.dir, 'asked'))).toBe(false)
    await files.look(settings(), { env }, schema)
    expect(existsSync(join(files.dir, 'asked'))).toBe(true)
  })

  it('that hangs is ended, and so is what it started', async () => {
    const files = configFiles()
    const SHELL = shell(files, `sleep 600 & echo $! > "$(dirname "$0")/child"\nwait`)
    const started = performance.now()
    const { lines, notes } = await files.look(settings().replace('5000', '300'), { env: { SHELL, PATH: process.env['PATH'] } }, schema)
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(lines).toEqual([expect.stringContaining('needs the variable SHELL_TOKEN')])
    expect(notes).toEqual(['the login shell did not give its variables within 300 ms'])
    const child = Number(readFileSync(join(files.dir, 'child'), 'utf8'))
    await expect.poll(() => running(child)).toBe(false)
  })

  it.each([['fails', 'exit 3'], ['writes without end', 'while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done']])('that %s has no say', async (_, body) => {
    const files = configFiles()
    const { lines, notes } = await files.look(settings(), { env: { SHELL: shell(files, body), PATH: process.env['PATH'] } }, schema)
    expect([lines.length, notes.length]).toEqual([1, 1])
  })

  it('that is none has no say either', async () => {
    const files = configFiles()
    symlinkSync('/nowhere', join(files.dir, 'dangling'))
    for (const SHELL of [join(files.dir, 'dangling'), files.dir]) expect((await files.look(settings(), { env: { SHELL } }, schema)).lines).toHaveLength(1)
  })
})

function running(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
