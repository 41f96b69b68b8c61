/** From an edit of the settings to what runs: whole or not at all, and nothing that it does not concern. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { ConfigControl, configVerify, definePlugin, method, Secret, service } from 'nexus-gateway/sdk'
import { secret } from '../../sdk/secret.ts'
import { origin } from './harness.ts'
import { eventually, keep, operator, stateWith, type Kept } from './keeper-harness.ts'

const greeter = (id: string, more: Partial<{ fails: string; sick: string; exclusive: boolean; required: boolean }> = {}) => definePlugin({
  id,
  config: v.strictObject({ word: v.optional(v.string(), 'hello'), loud: v.optional(v.boolean(), false), count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1) }),
  methods: { [`${id}.say`]: method({ scope: 'operator.read', result: v.string() }) },
  ...(more.exclusive && { exclusive: true }),
  ...(more.required && { required: true }),
  setup(ctx) {
    if (ctx.config.word === more.fails) throw new Error('it cannot do that')
    ctx.tap(configVerify, (ids) => (ids.includes(id) && ctx.config.word === more.sick ? `${id} is not well` : undefined))
    return { methods: { [`${id}.say`]: () => (ctx.config.loud ? ctx.config.word.toUpperCase() : ctx.config.word) } } as never
  },
})
const say = (kept: Kept, id: string) => kept.kernel.dispatch(`${id}.say`, {}, origin)

test('an edit by hand changes the plugin it is about and touches no other', async () => {
  await using kept = await keep(await stateWith('{ a: { word: "one" } }'), [greeter('a'), greeter('b')])
  const before = kept.generations()
  expect(await say(kept, 'a')).toBe('one')
  await kept.edit('{ a: { word: "two" } }')
  await eventually(async () => await say(kept, 'a') === 'two')
  const { a, ...others } = kept.generations()
  expect(a).toBeGreaterThan(before['a']!)
  expect(others).toEqual({ guard: before['guard'], b: before['b'] })
  // A comment is no edit of what runs.
  await kept.edit('{ a: { word: "two" } } // said twice')
  await eventually(() => kept.keeper.control.current().text.includes('twice'))
  expect(kept.generations()['a']).toBe(a)
})

test('an edit that is not valid leaves everything as it is, says where it is wrong, and is kept aside until it is mended', async () => {
  await using kept = await keep(await stateWith('{ a: { word: "one" } }'), [greeter('a')])
  const bad = '{\n  a: {\n    wrod: "two",\n    count: 0,\n  },\n}'
  await kept.edit(bad)
  await eventually(() => kept.keeper.control.mode().mode === 'degraded')
  expect(await say(kept, 'a')).toBe('one')
  const reasons = kept.keeper.control.mode().reasons.join('\n')
  expect(reasons).toContain(`${kept.file}:3:5: "a.wrod" is not a known key; did you mean "word"?`)
  expect(reasons).toContain(`${kept.file}:4:5: "a.count" must be`)
  await eventually(async () => await readFile(`${kept.file}.rejected`, 'utf8').catch(() => '') === bad)
  expect(kept.records.filter(({ level }) => level === 'warn').map(({ message }) => message)).toContainEqual(expect.stringContaining(':3:5:'))
  await kept.edit('{ a: { word: "three" } }')
  await eventually(async () => await say(kept, 'a') === 'three')
  expect(kept.keeper.control.mode()).toEqual({ mode: 'normal', reasons: [] })
})

test('new settings that a plugin cannot start with are taken back, by hand and by tool, with every other plugin of the edit', async () => {
  await using kept = await keep(await stateWith('{ /* mine */ a: { word: "one" } }'), [greeter('a'), greeter('b', { fails: 'no' }), greeter('c', { fails: 'no', exclusive: true })])
  for (const id of ['b', 'c']) {
    const { hash, text } = kept.keeper.control.current()
    await expect(kept.keeper.control.write(`{ a: { word: "two" }, ${id}: { word: "no" } }`, { baseHash: hash }, operator)).rejects.toMatchObject({ message: expect.stringContaining('it cannot do that') })
    expect(await kept.read()).toBe(text)
    expect([await say(kept, 'a'), await say(kept, id)]).toEqual(['one', 'hello'])
  }
  await kept.edit('{ a: { word: "two" }, b: { word: "no" } }')
  await eventually(() => kept.keeper.control.mode().mode === 'degraded')
  expect([await say(kept, 'a'), await say(kept, 'b')]).toEqual(['one', 'hello'])
})

test('settings under which a plugin runs and says it is not well are taken back', async () => {
  await using kept = await keep(await stateWith('{ a: { word: "one" } }'), [greeter('a', { sick: 'ill' }), greeter('b')])
  const { hash } = kept.keeper.control.current()
  await expect(kept.keeper.control.write('{ a: { word: "ill" }, b: { word: "new" } }', { baseHash: hash }, operator)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_UNHEALTHY', message: expect.stringContaining('a is not well') })
  expect([await say(kept, 'a'), await say(kept, 'b')]).toEqual(['one', 'hello'])
  expect(await kept.read()).toBe('{ a: { word: "one" } }')
  expect(kept.kernel.list().every(({ state }) => state === 'active')).toBe(true)
})

test('a plugin that fails as soon as it runs is not well either', async () => {
  const clumsy = definePlugin({
    id: 'clumsy', config: v.strictObject({ trip: v.optional(v.boolean(), false) }),
    setup(ctx) {
      ctx.tap(configVerify, () => {
        if (ctx.config.trip) throw new Error('fell over')
        return undefined
      })
    },
  })
  await using kept = await keep(await stateWith('{}'), [clumsy])
  await expect(kept.keeper.control.write('{ clumsy: { trip: true } }', {}, operator)).rejects.toThrow()
  expect(await kept.read()).toBe('{}')
  expect(kept.kernel.inspect('clumsy')?.state).toBe('active')
})

test('a write that works is on the disk when it is answered, and the one before is a backup', async () => {
  await using kept = await keep(await stateWith('{ a: { word: "one" } } // mine'), [greeter('a')])
  const { control } = kept.keeper
  const stale = control.current().hash
  const written = await control.write('{ a: { word: "two" } } // mine', { baseHash: stale }, operator)
  expect(await kept.read()).toContain('two')
  expect(written).toMatchObject({ report: { started: ['a'] }, restart: [] })
  expect(control.current().hash).toBe(written.hash)
  await expect(control.write('{ a: { word: "three" } }', { baseHash: stale }, operator)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_CONFLICT' })
  await expect(control.write('{ a: { word: 3 } }', { baseHash: written.hash }, operator)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_INVALID' })
  expect(await say(kept, 'a')).toBe('two')
  const backups = await Promise.all((await control.history()).map(({ id }) => control.backup(id)))
  expect(backups).toContain('{ a: { word: "one" } } // mine')
})

test('one text written from two sides at once: one of them is told that it was late', async () => {
  await using kept = await keep(await stateWith('{}'), [greeter('a')])
  const { control } = kept.keeper
  const baseHash = control.current().hash
  const all = await Promise.allSettled(['x', 'y', 'z'].map((word) => control.write(`{ a: { word: "${word}" } }`, { baseHash }, operator)))
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await kept.read()).toBe(`{ a: { word: "${await say(kept, 'a')}" } }`)
})

test('a write from inside a call of the very plugin it changes is made when that call has ended', async () => {
  const self = definePlugin({
    id: 'self', requires: { config: ConfigControl }, capabilities: ['kernel:config'], config: v.strictObject({ n: v.optional(v.number(), 0) }),
    methods: { 'self.raise': method({ scope: 'operator.admin' }), 'self.n': method({ scope: 'operator.read' }) },
    setup: (ctx) => ({
      methods: {
        'self.raise': async (_, call) => (await ctx.deps.config.write(`{ self: { n: ${ctx.config.n + 1} } }`, { baseHash: ctx.deps.config.current().hash }, call)).report,
        'self.n': () => ctx.config.n,
      },
    }),
  })
  await using kept = await keep(await stateWith('{}'), [self])
  expect(await kept.kernel.dispatch('self.raise', {}, origin)).toMatchObject({ scheduled: true })
  await eventually(async () => await kept.kernel.dispatch('self.n', {}, origin) === 1)
  expect(await kept.kernel.dispatch('self.raise', {}, origin)).toMatchObject({ scheduled: true })
  await eventually(async () => await kept.kernel.dispatch('self.n', {}, origin) === 2)
})

test('a plugin gets the settings only if it says it wants them', async () => {
  const nosy = definePlugin({ id: 'nosy', requires: { config: ConfigControl }, setup() {} })
  await using kept = await keep(await stateWith('{}'), [nosy])
  expect(kept.kernel.inspect('nosy')).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_CAPABILITY', data: { capability: 'kernel:config' } } })
})

test('the start after a bad edit uses the last settings that worked, and says so; told to be strict it refuses', async () => {
  const state = await stateWith('{ a: { word: "one" } }')
  const plugins = [greeter('a')]
  const first = await keep(state, plugins)
  await first.keeper.close()
  await first.kernel.close({ deadlineMs: 1_000 })
  await writeFile(first.file, '{ a: { word: "two" ')
  await expect(keep(state, plugins, { strict: true })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_INVALID' })
  await using kept = await keep(state, plugins)
  expect(await say(kept, 'a')).toBe('one')
  expect(kept.keeper.control.mode()).toMatchObject({ mode: 'degraded', reasons: [expect.stringContaining('last settings'), expect.stringMatching(/nexus\.json5:1:\d+: /)] })
  await kept.edit('{ a: { word: "three" } }')
  await eventually(async () => await say(kept, 'a') === 'three')
  expect(kept.keeper.control.mode().mode).toBe('normal')
})

test('without settings that ever worked, a fault of one plugin keeps that plugin from running and a fault of the whole keeps the gateway from starting', async () => {
  const plugins = [greeter('a'), greeter('b')]
  await using kept = await keep(await stateWith('{ a: { wrod: "x" }, b: { word: "y" } }'), plugins)
  expect(await say(kept, 'b')).toBe('y')
  expect(kept.kernel.inspect('a')).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_CONFIG' } })
  expect(kept.keeper.control.mode().mode).toBe('degraded')
  for (const text of ['{ a: ', '{ d: {} }', '{ gateway: { port: "x" } }']) await expect(keep(await stateWith(text), plugins)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_INVALID' })
})

test('a file that is emptied or deleted changes nothing, neither while the gateway runs nor at its next start', async () => {
  const state = await stateWith('{ a: { word: "one" } }')
  const plugins = [greeter('a')]
  for (const lose of [(file: string) => rm(file), (file: string) => writeFile(file, '')]) {
    const kept = await keep(state, plugins)
    await lose(kept.file)
    await eventually(() => kept.keeper.control.mode().mode === 'degraded')
    expect(await say(kept, 'a')).toBe('one')
    await kept.keeper.close()
    await kept.kernel.close({ deadlineMs: 1_000 })
    const next = await keep(state, plugins)
    expect(await say(next, 'a')).toBe('one')
    expect(next.keeper.control.mode().mode).toBe('degraded')
    const [newest] = await next.keeper.control.history()
    await next.edit(await next.keeper.control.backup(newest!.id))
    await eventually(() => next.keeper.control.mode().mode === 'normal')
    await next.keeper.close()
    await next.kernel.close({ deadlineMs: 1_000 })
  }
  await rm(state, { recursive: true })
})

test('an edit that loses everything is told by its code in the log', async () => {
  await using kept = await keep(await stateWith('{ a: { word: "one" } }'), [greeter('a')])
  await rm(kept.file)
  await eventually(() => kept.keeper.control.mode().reasons.join().includes('is gone'))
  // NEXUS_CONFIG_LOST is what the look ended with.
  expect(kept.keeper.control.mode().reasons.at(-1)).toContain('nexus config restore')
})

test('a file that was named has to be there', async () => {
  await expect(keep(await stateWith(), [greeter('a')], { mustExist: true })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_UNREADABLE' })
})

test('a plugin is turned on by its settings and off by taking them out; a required one stays', async () => {
  await using kept = await keep(await stateWith('{ a: { word: "one" } }'), [greeter('a'), greeter('extra'), greeter('core', { required: true })], { defaults: ['a', 'core'] })
  expect(kept.kernel.inspect('extra')).toBeUndefined()
  await kept.edit('{ a: { word: "one" }, extra: { word: "on" } }')
  await eventually(() => kept.kernel.inspect('extra')?.state === 'active')
  expect(await say(kept, 'extra')).toBe('on')
  await eventually(() => kept.records.some(({ message }) => message === 'plugin "extra" has settings and is turned on'))
  await kept.edit('{ a: { word: "one" } }')
  await eventually(() => kept.kernel.inspect('extra') === undefined)
  await kept.edit('{ plugins: ["-core"], a: { word: "one" } }')
  await eventually(() => kept.keeper.control.mode().mode === 'degraded')
  expect(kept.kernel.inspect('core')?.state).toBe('active')
  await kept.edit('{ plugins: ["extra", "-a"] }')
  await eventually(() => kept.kernel.inspect('extra')?.state === 'active' && kept.kernel.inspect('a') === undefined)
})

test('an edit of an included file and of .env is seen', async () => {
  const state = await stateWith('{ $include: "./parts/a.json5", b: { word: "${WORD}" } }')
  await mkdir(join(state, 'parts'))
  await writeFile(join(state, 'parts', 'a.json5'), '{ a: { word: "one" } }')
  await writeFile(join(state, '.env'), 'WORD=first')
  await using kept = await keep(state, [greeter('a'), greeter('b')])
  expect([await say(kept, 'a'), await say(kept, 'b')]).toEqual(['one', 'first'])
  await writeFile(join(state, 'parts', 'a.json5'), '{ a: { word: "two" } }')
  await eventually(async () => await say(kept, 'a') === 'two')
  await writeFile(join(state, '.env'), 'WORD=second')
  await eventually(async () => await say(kept, 'b') === 'second')
})

test('a plugin with a stored secret starts after the store, and without one is told what is missing', async () => {
  const Store = service<{ get(name: string): Promise<string> }>('secrets/1')
  const store = definePlugin({ id: 'vault', provides: { secrets: Store }, setup: () => ({ provides: { secrets: { get: async (name: string) => `value of ${name}` } } }) })
  const user = definePlugin({
    id: 'user', config: v.strictObject({ key: secret() }), methods: { 'user.key': method({ scope: 'operator.read' }) },
    async setup(ctx) {
      const key = await ctx.config.key.reveal()
      return { methods: { 'user.key': () => [key, ctx.config.key instanceof Secret, `${JSON.stringify(ctx.config)}`] } }
    },
  })
  await using kept = await keep(await stateWith('{ user: { key: { $secret: "store:api" } } }'), [user, store])
  expect(await kept.kernel.dispatch('user.key', {}, origin)).toEqual(['value of api', true, '{"key":"[secret]"}'])
  await using alone = await keep(await stateWith('{ user: { key: { $secret: "store:api" } } }'), [user])
  expect(alone.kernel.inspect('user')).toMatchObject({ state: 'blocked', error: { code: 'NEXUS_PLUGIN_MISSING_SERVICE', data: { service: 'secrets/1' } } })
})

test('what is kept to fall back on holds references, not what they stand for', async () => {
  await using kept = await keep(await stateWith('{ a: { word: "${WORD}" } }'), [greeter('a')], { env: { WORD: 'planted-value' } })
  expect(await say(kept, 'a')).toBe('planted-value')
  await eventually(async () => (await readdir(join(kept.file, '..', 'config'))).includes('last-good.json'))
  for (const name of ['last-good.json', `history/${(await readdir(join(kept.file, '..', 'config', 'history')))[0]}`]) {
    expect(await readFile(join(kept.file, '..', 'config', name), 'utf8')).not.toContain('planted-value')
  }
})
