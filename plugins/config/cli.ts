import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { command, commands, paintOf, parsePath, pathText, valueAt } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import type { ConfigDiff, ConfigExplanation, ConfigHistory, ConfigSchema, ConfigSnapshot, ConfigVerdict, ConfigWriteResult, Diagnosis } from './contract.ts'
import { edit } from './editor.ts'
import { fail } from './errors.ts'
import { isReference, piped, readSecret, valueOf } from './input.ts'
import { diagnosisText, diffText, explanationText, historyText, issuesText, notesText, valueText, writtenText } from './screen.ts'

const tries = 3
const force = { force: { summary: 'Also when it shrinks the file by half or drops the list of plugins' } }

export default commands({
  'config get': command({
    summary: 'Show the settings in use, or one value; secrets are covered',
    args: ['[path]'],
    options: { file: { summary: 'What the file itself says, without included files and defaults' } },
    examples: ['nexus config get', 'nexus config get gateway.port', 'nexus config get --file --json'],
    offline: true,
    async run(io) {
      const { config, parsed } = await io.call('config.get') as ConfigSnapshot
      const path = parsePath(argument(io, 'path') ?? '')
      const value = valueAt(io.options['file'] === true ? parsed : config, path)
      if (value === undefined) throw fail('NEXUS_CONFIG_NO_VALUE', { path: pathText(path), hint: await hintFor(io, pathText(path)) })
      io.print(valueText(value), value)
    },
  }),
  'config set': command({
    summary: 'Set one value: JSON5, or text; a secret is typed or piped in',
    args: ['<path>', '[value]'],
    options: { text: { summary: 'Take the value as text even if it looks like something else' }, ...force },
    examples: ['nexus config set gateway.port 8080', 'nexus config set logs \'{ level: "debug" }\'', 'nexus config set provider-openai.apiKey < key.txt'],
    offline: true,
    async run(io) {
      const path = pathText(parsePath(argument(io, 'path')!))
      const value = await newValue(io, path)
      await change(io, { set: [{ path, value }] })
    },
  }),
  'config unset': command({
    summary: 'Take one value out of the file',
    args: ['<path>'],
    options: force,
    examples: ['nexus config unset logs.level'],
    offline: true,
    run: (io) => change(io, { unset: [pathText(parsePath(argument(io, 'path')!))] }),
  }),
  'config edit': command({
    summary: 'Edit the file in your editor; it is saved once it is valid',
    options: { from: { summary: 'Go on with a text that was kept', value: 'FILE' }, ...force },
    offline: true,
    run: edit,
  }),
  'config file': command({
    summary: 'Print the path of the file',
    offline: true,
    async run(io) {
      const path = io.options['url'] === undefined ? io.paths.config : (await io.call('config.get') as ConfigSnapshot).path
      io.print(path, { path })
    },
  }),
  'config validate': command({
    summary: 'Check the settings, or a file with others; exits 1 if they are not valid',
    args: ['[file]'],
    examples: ['nexus config validate', 'nexus config validate new.json5 --json'],
    offline: true,
    async run(io) {
      const file = argument(io, 'file')
      const verdict = await io.call('config.validate', file === undefined ? {} : { raw: await read(file) }) as ConfigVerdict
      const named = file === undefined ? verdict : { ...verdict, path: resolve(file), issues: verdict.issues.map((issue) => (issue.file === verdict.path ? { ...issue, file } : issue)) }
      const paint = paintOf(io)
      const notes = named.notes.length > 0 ? [notesText(named.notes, paint)] : []
      io.print([...notes, named.ok ? `${paint('green', '✓')} ${file ?? named.path} is valid` : issuesText(named.issues, paint)].join('\n'), named)
      return named.ok ? 0 : 1
    },
  }),
  'config diff': command({
    summary: 'Show what differs between a backup, the newest if none is named, and the file',
    args: ['[backup]'],
    offline: true,
    async run(io) {
      const from = argument(io, 'backup')
      const diff = await io.call('config.diff', from === undefined ? {} : { from }) as ConfigDiff
      io.print(diffText(diff, paintOf(io)), diff)
    },
  }),
  'config history': command({
    summary: 'List the backups of the file',
    offline: true,
    async run(io) {
      const history = await io.call('config.history') as ConfigHistory
      io.print(historyText(history, paintOf(io)), history)
    },
  }),
  'config restore': command({
    summary: 'Go back to a backup',
    args: ['<id>'],
    options: force,
    examples: ['nexus config restore 20260419T141010123Z-3f2a9c1b'],
    offline: true,
    run: (io) => write(io, 'config.restore', { id: argument(io, 'id') }),
  }),
  'config schema': command({
    summary: 'Print the JSON Schema of the file, for editors',
    examples: ['nexus config schema > nexus.schema.json'],
    offline: true,
    async run(io) {
      const answer = await io.call('config.schema') as ConfigSchema
      io.print(JSON.stringify(answer.schema, null, 2), answer.schema)
    },
  }),
  'config explain': command({
    summary: 'Show where a value comes from, and what may stand there',
    args: ['<path>'],
    examples: ['nexus config explain gateway.port'],
    offline: true,
    async run(io) {
      const about = await explained(io, argument(io, 'path')!)
      io.print(explanationText(about, paintOf(io)), about)
      return about.known ? 0 : 1
    },
  }),
  doctor: command({
    summary: 'Look for what is wrong with this installation; exits 1 if errors are left',
    options: { fix: { summary: 'Mend what can be mended' } },
    examples: ['nexus doctor', 'nexus doctor --fix'],
    offline: true,
    async run(io) {
      const diagnosis = await io.call('config.doctor', { fix: io.options['fix'] === true }) as Diagnosis
      io.print(diagnosisText(diagnosis, paintOf(io)), diagnosis)
      return diagnosis.ok ? 0 : 1
    },
  }),
})

function argument(io: CommandIo, name: string): string | undefined {
  const value = io.args[name]
  return typeof value === 'string' ? value : undefined
}

const explained = async (io: CommandIo, path: string): Promise<ConfigExplanation> => await io.call('config.explain', { path }) as ConfigExplanation

async function newValue(io: CommandIo, path: string): Promise<unknown> {
  const { secret, type } = await explained(io, path)
  const text = argument(io, 'value')
  if (secret) {
    if (text === undefined) return readSecret(io, path)
    const value = await valueOf(text, undefined)
    if (isReference(value)) return value
    throw fail('NEXUS_CONFIG_SECRET_ARGUMENT', { path })
  }
  if (text === undefined && io.stdin.isTTY) throw fail('NEXUS_CONFIG_NO_VALUE', { path, hint: `Give it one: nexus config set ${path} VALUE` })
  const given = text ?? await piped(io)
  return io.options['text'] === true ? given : valueOf(given, type)
}

const change = (io: CommandIo, edits: object): Promise<number> => write(io, 'config.edit', edits)

/** What somebody else writes in between is read anew: the change is one of keys, not of the whole file. */
async function write(io: CommandIo, method: string, params: object): Promise<number> {
  for (let left = tries; ; left--) {
    const { hash } = await io.call('config.get') as ConfigSnapshot
    try {
      const done = await io.call(method, { ...params, baseHash: hash, ...(io.options['force'] === true && { force: true }) }) as ConfigWriteResult
      io.print(writtenText(done, paintOf(io)), done)
      return 0
    } catch (error) {
      if (left <= 1 || !['NEXUS_CONFIG_STALE', 'NEXUS_CONFIG_CONFLICT'].includes((error as { code?: string }).code ?? '')) throw error
    }
  }
}

async function hintFor(io: CommandIo, path: string): Promise<string> {
  const { known, meant } = await explained(io, path)
  return known ? `Set it: nexus config set ${path} VALUE` : meant === undefined ? 'See `nexus config get`.' : `Did you mean ${meant}?`
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw fail('NEXUS_CONFIG_FILE', { file, reason: (error as NodeJS.ErrnoException).code ?? 'unknown' }, error)
  }
}
