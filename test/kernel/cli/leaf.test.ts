import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Entry } from '../../../kernel/cli/catalog.ts'
import { parseLeaf } from '../../../kernel/cli/leaf.ts'

const entry: Entry = {
  name: 'demo', calls: false, load: async () => () => {},
  spec: {
    summary: 'Demo', args: ['<first>', '[...more]'],
    options: { id: { summary: 'Id', value: 'ID', short: 'i' }, 'long-name': { summary: 'Long', value: 'X', default: '5' }, quick: { summary: 'Quick', short: 'q' }, 'no-colour': { summary: 'Plain' } },
  },
}
const usage = (message: unknown) => expect.objectContaining({ code: 'NEXUS_CLI_USAGE', exit: 2, message }) as Error
/** Whatever looks like a number, an option or nothing at all. */
const awkward = fc.oneof(fc.string(), fc.constantFrom('007', '08e2', '1e3', '0x10', ' 7', '-', '', 'true', 'false', 'null', '@0', '@1', '__proto__', 'a=b', '=', '٣', '1_000'))
const word = awkward.filter((text) => text === '-' || !text.startsWith('-'))

test('no value is ever changed: an argument, an option, an option with =', async () => {
  await fc.assert(fc.asyncProperty(word, fc.array(word, { maxLength: 4 }), word, awkward, async (first, more, id, long) => {
    const { args, options } = await parseLeaf(entry, [first, '--id', id, `--long-name=${long}`, ...more])
    expect(args).toEqual({ first, more })
    expect(options).toMatchObject({ id, 'long-name': long, quick: false })
  }), { numRuns: 500 })
})

test('after -- everything is an argument', async () => {
  await fc.assert(fc.asyncProperty(fc.array(awkward, { minLength: 1, maxLength: 5 }), async (words) => {
    const { args } = await parseLeaf(entry, ['--quick', '--', ...words])
    expect([args['first'], ...args['more'] as string[]]).toEqual(words)
  }), { numRuns: 200 })
})

describe('options', () => {
  test.each([
    [['x', '-i', '007'], { id: '007' }],
    [['x', '--id', '1', '--id', '2'], { id: '2' }],
    [['-q', 'x'], { quick: true, 'long-name': '5' }],
    [['x', '--json'], { json: true, help: false }],
    [['x'], { quick: false, id: undefined, 'no-colour': false }],
  ])('%j', async (argv, options) => {
    const parsed = await parseLeaf(entry, argv)
    expect(parsed.options).toMatchObject(options)
    expect(parsed.args).toEqual({ first: 'x', more: [] })
  })

  test('one that is called no-… is what it says', async () => {
    expect((await parseLeaf(entry, ['x', '--no-colour'])).options['no-colour']).toBe(true)
  })
})

describe('a line that is wrong says how', () => {
  test.each([
    [['x', '--idd', '1'], 'unknown option --idd', 'Did you mean --id? See `nexus help demo`.'],
    [['x', '--long-nme=1'], 'unknown option --long-nme', 'Did you mean --long-name? See `nexus help demo`.'],
    [['x', '--id.of', '1', '--id', '2'], 'unknown option --id.of', 'See `nexus help demo`.'],
    [['x', '-z'], 'unknown option -z', 'See `nexus help demo`.'],
    [['x', '--id'], '--id needs a value: --id ID', 'See `nexus help demo`.'],
    [['x', '--id', '--quick'], '--id needs a value: --id ID', 'See `nexus help demo`.'],
    [[], 'the argument <first> is missing', 'See `nexus help demo`.'],
    [['--quick'], 'the argument <first> is missing', 'See `nexus help demo`.'],
  ])('%j', async (argv, message, fix) => {
    await expect(parseLeaf(entry, argv)).rejects.toMatchObject({ code: 'NEXUS_CLI_USAGE', exit: 2, message, fix })
  })

  test('too many arguments', async () => {
    const one: Entry = { ...entry, spec: { summary: 'One', args: ['[one]'] } }
    await expect(parseLeaf(one, ['1', '2'])).rejects.toEqual(usage('unexpected argument "2"'))
    await expect(parseLeaf({ ...entry, spec: { summary: 'None' } }, ['1'])).rejects.toEqual(usage('unexpected argument "1"'))
  })

  test.each(['--token', '--token=hunter2', '--password', '--api-key=hunter2', '--secret'])('a secret is no argument: %s', async (flag) => {
    const thrown = await parseLeaf({ ...entry, calls: true }, ['x', flag, 'hunter2']).catch((error: unknown) => error) as { code: string; message: string; fix: string }
    expect(thrown).toMatchObject({ code: 'NEXUS_CLI_USAGE', fix: expect.stringContaining('--token-file') as string })
    expect(thrown.message + thrown.fix).not.toContain('hunter2')
  })

  test('anything at all is parsed or refused with exit status 2, and never throws otherwise', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(awkward, fc.string().map((text) => `-${text}`), fc.string().map((text) => `--${text}`)), { maxLength: 6 }), async (argv) => {
      const outcome = await parseLeaf(entry, argv).then(() => 0, (error: { exit?: number }) => error.exit)
      expect([0, 2]).toContain(outcome)
    }), { numRuns: 1_000 })
  })
})
