/** Each source of a secret: how it is read, and all that can be wrong with it. */
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { failures } from 'nexus-gateway/sdk'
import { failing, secretsHarness, value } from './secrets-harness.ts'

const h = secretsHarness()

describe('env:', () => {
  test('is what the variable is now', async () => {
    expect(await h.reveal('env:KEY')).toBe(value)
    h.env = { KEY: 'another' }
    expect(await h.reveal('env:KEY')).toBe('another')
  })

  test('that is missing or empty is an error that names the variable', async () => {
    expect(await failing(h.reveal('env:NOT_THERE'))).toMatchObject({ message: 'the secret env:NOT_THERE cannot be had: the variable is not set', exit: 78 })
    h.env = { EMPTY: '' }
    expect((await failing(h.reveal('env:EMPTY'))).message).toContain('it is empty')
    expect((await failing(h.reveal('env:toString'))).message).toContain('not set')
  })
})

describe('file:', () => {
  test.each([['x', 'x'], ['x\n', 'x'], ['x\r\n', 'x'], ['x\n\n', 'x\n'], ['  x ', '  x '], ['a\nb\n', 'a\nb']])('%j is the secret %j', async (content, expected) => {
    await h.put('key', content)
    expect(await h.reveal('file:key')).toBe(expected)
    expect(h.notes).toEqual([])
  })

  test('is found from the settings\' directory, by its whole path, through a link, and from home', async () => {
    await mkdir(join(h.dir, 'sub'))
    await h.put('sub/key', value)
    await symlink(join(h.dir, 'sub', 'key'), join(h.dir, 'link'))
    for (const path of ['sub/key', './sub/../sub/key', join(h.dir, 'sub', 'key'), 'link']) expect(await h.reveal(`file:${path}`)).toBe(value)
    vi.stubEnv('HOME', h.dir)
    expect(await h.reveal('file:~/sub/key')).toBe(value)
    vi.unstubAllEnvs()
    expect((await failing(h.reveal('file:nowhere'))).message).toBe('the secret file:nowhere cannot be had: the file cannot be opened (ENOENT)')
  })

  test.each([0o640, 0o604, 0o644])('that others can read (%o) is used, and said so once', async (mode) => {
    await h.put('key', value, mode)
    expect(await h.reveal('file:key')).toBe(value)
    h.time = 60_000
    expect(await h.reveal('file:key')).toBe(value)
    expect(h.notes).toEqual(['the file of the secret file:key can be read by others than its owner; give it the mode 600'])
  })

  test('may have 64 KiB and not a byte more', async () => {
    await h.put('full', 'x'.repeat(64 * 1024))
    expect(await h.reveal('file:full')).toHaveLength(64 * 1024)
    await h.put('more', 'x'.repeat(64 * 1024 + 1))
    expect((await failing(h.reveal('file:more'))).message).toContain('longer than 65536 bytes')
  })

  test('must be a regular file with text in it', async () => {
    await mkdir(join(h.dir, 'folder'))
    await h.put('empty', '\n')
    await h.put('bytes', Buffer.from([0xff, 0xfe, 0x41]))
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', join(h.dir, 'fifo')])
    expect((await failing(h.reveal('file:folder'))).message).toContain('no regular file')
    expect((await failing(h.reveal('file:fifo'))).message).toContain('no regular file')
    expect((await failing(h.reveal('file:/dev/zero'))).message).toContain('no regular file')
    expect((await failing(h.reveal('file:empty'))).message).toContain('it is empty')
    expect((await failing(h.reveal('file:bytes'))).message).toContain('no text in UTF-8')
    const server = createServer().listen(join(h.dir, 'socket'))
    await new Promise((resolve) => { server.once('listening', resolve) })
    expect((await failing(h.reveal('file:socket'))).message).toContain('cannot be opened')
    server.close()
  })

  test('is read anew each time: a changed one has to hold within a second', async () => {
    await h.put('key', 'one')
    expect(await h.reveal('file:key')).toBe('one')
    await h.put('key', 'two')
    expect(await h.reveal('file:key')).toBe('two')
  })
})

describe('exec:', () => {
  test('is what the command prints, run by a shell beside the settings with their environment and no input', async () => {
    expect(await h.reveal('exec:printf "%s\\n" "$KEY" | tr a-z A-Z')).toBe(value.toUpperCase())
    expect(await h.reveal('exec:pwd -P; cat')).toBe(execFileSync('pwd', ['-P'], { cwd: h.dir, encoding: 'utf8' }).trim())
  })

  test.each([
    [`false ${value}`, 'exec:false', 'ended with status 1'],
    [`TOKEN=${value} false`, 'exec:…', 'ended with status 1'],
    [`/bin/sh -c 'echo ${value} >&2; echo ${value}; exit 3'`, 'exec:/bin/sh', 'ended with status 3'],
    [`no-such-command-of-nexus ${value}`, 'exec:no-such-command-of-nexus', 'ended with status 127'],
    [`kill -9 $$ # ${value}`, 'exec:kill', 'ended by SIGKILL'],
    [`:; # ${value}`, 'exec:…', 'it is empty'],
    [`$(echo ${value})`, 'exec:…', 'ended with status 127'],
    [`yes ${value}`, 'exec:yes', 'longer than 65536 bytes'],
    [`printf '\\377' # ${value}`, 'exec:printf', 'no text in UTF-8'],
  ])('%s: of the command only its first word is shown, of what it prints nothing', async (command, source, reason) => {
    const said: string[] = []
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
    const one = h.secretOf(`exec:${command}`)
    expect(one.source).toBe(source)
    const error = await failing(one.reveal())
    stderr.mockRestore()
    expect(error.message).toContain(`the secret ${source} cannot be had: `)
    expect(error.message).toContain(reason)
    expect(said).toEqual([])
  })

  test('of a shell that cannot be started says so without the command', async () => {
    h.make({ dir: join(h.dir, 'nowhere') })
    const error = await failing(h.reveal(`exec:echo ${value}`))
    expect(error.message).toBe('the secret exec:echo cannot be had: the command cannot be run (ENOENT)')
    expect(error.cause).toBeUndefined()
  })

  test('is given up on at its time, and everything it has started is killed', async () => {
    h.make({ timeoutMs: 300 })
    const pids = join(h.dir, 'pids')
    const started = performance.now()
    const error = await failing(h.reveal(`exec:sleep 60 & echo $! >> ${pids}; (sleep 60 & echo $! >> ${pids}; wait) & echo $$ >> ${pids}; wait`))
    expect(error.message).toContain('it took longer than 0.3 s')
    expect(performance.now() - started).toBeLessThan(5_000)
    const all = (await readFile(pids, 'utf8')).trim().split('\n').map(Number)
    expect(all).toHaveLength(3)
    await vi.waitFor(() => expect(all.filter(isAlive)).toEqual([]), { timeout: 5_000 })
  })

  test('that leaves something behind which holds its output open is given up on as well', async () => {
    h.make({ timeoutMs: 300 })
    const pids = join(h.dir, 'pids')
    await failing(h.reveal(`exec:sleep 60 & echo $! >> ${pids}; echo done`))
    const all = (await readFile(pids, 'utf8')).trim().split('\n').map(Number)
    await vi.waitFor(() => expect(all.filter(isAlive)).toEqual([]), { timeout: 5_000 })
  })

  test('is killed when the gateway stops', async () => {
    const pids = join(h.dir, 'pids')
    const asked = failing(h.reveal(`exec:echo $$ > ${pids}; exec sleep 60`))
    await vi.waitFor(async () => expect(await readFile(pids, 'utf8')).toMatch(/\d\n/))
    h.secrets.close()
    expect((await asked).message).toContain('the gateway stops')
    await vi.waitFor(async () => expect(isAlive(Number(await readFile(pids, 'utf8')))).toBe(false))
  })

  test('runs once for all who ask at the same time, and again after 5 min', async () => {
    const command = `exec:echo x >> ${join(h.dir, 'runs')}; echo ${value}`
    const runs = async () => (await readFile(join(h.dir, 'runs'), 'utf8')).length / 2
    const [one, two] = [h.secretOf(command), h.secretOf(command)]
    expect(await Promise.all([one.reveal(), two.reveal(), one.reveal()])).toEqual([value, value, value])
    h.time = 5 * 60_000 - 1
    await one.reveal()
    expect(await runs()).toBe(1)
    h.time += 1
    await one.reveal()
    expect(await runs()).toBe(2)
  })
})

/** Linux keeps a killed process as a zombie until its parent has looked; nobody has to wait for that. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false // there is no such process
  }
  return !/^[ZX]/.test(execFileSync('/bin/sh', ['-c', `ps -o stat= -p ${pid} || true`], { encoding: 'utf8' }).trim() || 'X')
}

describe('store:', () => {
  const fail = failures({ ACME_GONE: { text: 'there is no secret of that name', fix: 'Set it.' } })

  test('is what the store has, and the newest store is asked', async () => {
    const one = h.secretOf('store:openai', { get: async (name) => `${name}-1` })
    expect(await one.reveal()).toBe('openai-1')
    expect(h.secretOf('store:openai', { get: async (name) => `${name}-2` })).toBe(one)
    expect(await one.reveal()).toBe('openai-1')
    h.secrets.forget(['another'])
    expect(await one.reveal()).toBe('openai-1')
    h.secrets.forget(['openai'])
    expect(await one.reveal()).toBe('openai-2')
  })

  test('that was taken out is gone: what is forgotten is no last good value', async () => {
    let there = true
    const one = h.secretOf('store:openai', { get: async () => { if (there) return value; throw fail('ACME_GONE') } })
    await one.reveal()
    there = false
    h.secrets.forget()
    expect((await failing(one.reveal())).message).toBe('the secret store:openai cannot be had: there is no secret of that name')
  })

  test('an answer that was under way when it was forgotten is not kept', async () => {
    const answers: ((text: string) => void)[] = []
    const one = h.secretOf('store:openai', { get: () => new Promise((resolve) => { answers.push(resolve) }) })
    const before = one.reveal()
    await vi.waitFor(() => expect(answers).toHaveLength(1))
    h.secrets.forget(['openai'])
    const after = one.reveal()
    await vi.waitFor(() => expect(answers).toHaveLength(2))
    answers[1]?.('new')
    expect(await after).toBe('new')
    answers[0]?.('old')
    expect(await before).toBe('old')
    expect(await one.reveal()).toBe('new')
  })

  test('forgetting leaves the other sources alone', async () => {
    await h.put('key', value)
    const one = h.secretOf('file:key')
    await one.reveal()
    await rm(join(h.dir, 'key'))
    h.secrets.forget()
    expect(await one.reveal()).toBe(value)
  })

  test('without a store, with one that says too much, and with one that gives no text, is an error', async () => {
    expect((await failing(h.reveal('store:a'))).message).toContain('turn on "secrets"')
    expect((await failing(h.secretOf('store:b', { get: async () => { throw new Error(`not ${value}`) } }).reveal())).message).toBe('the secret store:b cannot be had: the store failed')
    expect((await failing(h.secretOf('store:c', { get: async () => undefined as never }).reveal())).message).toContain('gave no text')
  })

  test('that does not answer is given up on', async () => {
    h.make({ timeoutMs: 20 })
    expect((await failing(h.secretOf('store:a', { get: () => new Promise(() => {}) }).reveal())).message).toContain('it took longer than 0.02 s')
  })
})

