import { command, NexusError, paintOf } from 'nexus-gateway/sdk'
import type { Command, CommandIo } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { absoluteSpec, ask, enable, install } from './ask.ts'
import { doctorText, foundText, grantsText, outdatedText, reportText } from './screen.ts'
import type { FoundRow, GrantRow, InstallFinding, OutdatedRow, Report } from './verbs.ts'

const yes = { yes: { summary: 'Agree to what it asks for without being asked', short: 'y' } }
const idOf = ({ args }: CommandIo): string => String(args['id'])
const nothing = 'nothing was changed'

export const installCommands: Readonly<Record<string, Command>> = {
  'plugins add': command({
    summary: 'Install a plugin: a package, a tarball, a git address, a folder or a file; you are asked before any of it runs',
    args: ['<spec>'],
    options: {
      ...yes,
      link: { summary: 'Leave a folder or file where it is and take up every change; for plugins you write' },
      trusted: { summary: 'Let it run inside the gateway\'s process, where nothing contains it' },
      downgrade: { summary: 'Also a lower version than the one that is installed' },
      'allow-similar': { summary: 'Also a package whose name is easily mistaken for another one' },
    },
    examples: ['nexus plugins add nexus-weather', 'nexus plugins add @acme/nexus-crm@^2', 'nexus plugins add ./nexus-weather-1.0.0.tgz --yes', 'nexus plugins add git+https://git.example.org/weather.git#v1.2.0', 'nexus plugins add ./weather.ts --link'],
    offline: true,
    async run(io) {
      const on = (name: string): boolean => io.options[name] === true
      const done = await install(io, { spec: absoluteSpec(String(io.args['spec'])), link: on('link'), trusted: on('trusted'), downgrade: on('downgrade'), allowSimilar: on('allow-similar') })
      if (done.state !== 'installed') return declined(io)
      io.print(reportText(done.report, 'installed', paintOf(io)), done.report)
      return 0
    },
  }),
  'plugins remove': command({
    summary: 'Stop and remove an installed plugin; what it has stored stays unless you say otherwise',
    args: ['<id>'],
    options: { data: { summary: 'Remove what it has stored, too' }, 'keep-data': { summary: 'Keep what it has stored, without being asked' } },
    offline: true,
    async run(io) {
      const { stdin, json, options } = io
      const isOpen = options['data'] !== true && options['keep-data'] !== true && stdin.isTTY === true && !json
      const data = options['data'] === true || (isOpen && await ask('Remove what it has stored, too? [y/N] ', io))
      const report = await io.call('plugins.remove', { id: idOf(io), data }) as Report
      io.print(reportText(report, 'removed', paintOf(io)), report)
    },
  }),
  'plugins enable': turn('Turn a plugin on, and fetch the libraries that one of this release lacks', 'turned on', (io) => enable(io, idOf(io))),
  'plugins disable': turn('Turn a plugin off and keep it installed', 'turned off', (io) => io.call('plugins.disable', { id: idOf(io) })),
  'plugins update': command({
    summary: 'Install the newest version that a plugin was added for; you are asked if it wants more than before',
    args: ['[id]'],
    options: { ...yes, all: { summary: 'Every installed plugin' }, 'dry-run': { summary: 'Only show what there is' } },
    examples: ['nexus plugins update weather', 'nexus plugins update --all --dry-run'],
    offline: true,
    async run(io) {
      const id = typeof io.args['id'] === 'string' ? io.args['id'] : undefined
      if (id === undefined && io.options['all'] !== true) throw fail('NEXUS_PLUGINS_WHICH')
      if (io.options['dry-run'] === true) return outdated(io, id)
      const { grants } = await io.call('plugins.grants', {}) as { grants: GrantRow[] }
      const ids = id === undefined ? grants.filter(({ source }) => source !== 'link').map((row) => row.id) : [id]
      return update(io, ids)
    },
  }),
  'plugins outdated': command({
    summary: 'Show which installed plugins have newer versions',
    offline: true,
    run: (io) => outdated(io, undefined),
  }),
  'plugins search': command({
    summary: 'Look for plugins in your npm registry',
    args: ['<...text>'],
    examples: ['nexus plugins search weather'],
    offline: true,
    async run(io) {
      const answer = await io.call('plugins.search', { text: [io.args['text']].flat().join(' ') }) as { found: FoundRow[] }
      io.print(foundText(answer.found, paintOf(io)), answer)
    },
  }),
  'plugins grants': command({
    summary: 'Show what you have agreed to, or agree to what a plugin asks for now',
    args: ['[id]'],
    options: { accept: { summary: 'Agree to what it asks for as it is now' } },
    offline: true,
    async run(io) {
      const id = io.args['id']
      if (io.options['accept'] === true && id === undefined) throw fail('NEXUS_PLUGINS_NOT_INSTALLED')
      const answer = await io.call('plugins.grants', id === undefined ? {} : { id }) as { grants: GrantRow[] }
      const more = answer.grants[0]?.more
      if (io.options['accept'] !== true) return io.print(grantsText(answer.grants, paintOf(io)), answer)
      if (!io.json) io.stderr.write(`${grantsText(answer.grants, paintOf(io))}\n`)
      const report = more ? await io.call('plugins.agree', { id, accept: more.digest }) as Report : { id: idOf(io), noop: true as const, started: [], stopped: [], blocked: [] }
      io.print(reportText(report, 'agreed to', paintOf(io)), report)
    },
  }),
  'plugins doctor': command({
    summary: 'Look for what is wrong with installed plugins; exits 1 if errors are left',
    options: { fix: { summary: 'Remove what interrupted installs have left' } },
    offline: true,
    async run(io) {
      const answer = await io.call('plugins.doctor', { fix: io.options['fix'] === true }) as { findings: InstallFinding[]; repaired: string[] }
      io.print(doctorText(answer.findings, answer.repaired, paintOf(io)), answer)
      return answer.findings.some(({ level }) => level === 'error') ? 1 : 0
    },
  }),
}

function turn(summary: string, verb: string, call: (io: CommandIo) => Promise<unknown>): Command {
  return command({
    summary, args: ['<id>'], offline: true,
    async run(io) {
      const report = await call(io) as Report
      io.print(reportText(report, verb, paintOf(io)), report)
    },
  })
}

function declined(io: CommandIo): number {
  io.print(nothing, { ok: false, noop: true })
  return 1
}

async function outdated(io: CommandIo, id: string | undefined): Promise<number> {
  const answer = await io.call('plugins.outdated', id === undefined ? {} : { id }) as { plugins: OutdatedRow[] }
  io.print(outdatedText(answer.plugins, paintOf(io)), answer)
  return 0
}

/** One after the other; one that fails keeps the others from nothing. */
async function update(io: CommandIo, ids: readonly string[]): Promise<number> {
  const paint = paintOf(io)
  const result = { updated: [] as Report[], current: [] as string[], declined: [] as string[], failed: [] as { id: string; code: string; message: string; fix: string }[] }
  for (const id of ids) {
    try {
      const done = await install(io, { id })
      if (done.state === 'installed') result.updated.push(done.report)
      else result[done.state].push(id)
    } catch (error) {
      if (ids.length === 1 || !(error instanceof NexusError || hasCode(error))) throw error
      const { code, message, fix = '' } = error as NexusError
      result.failed.push({ id, code, message, fix })
    }
  }
  const lines = [
    ...result.updated.map((report) => reportText(report, 'updated', paint)),
    ...result.current.map((id) => `  ${id} is up to date`),
    ...result.declined.map((id) => `  ${id} stays as it is`),
    ...result.failed.map(({ id, code, message, fix }) => `${paint('red', '✗')} ${id}: ${code} ${message}\n    ${fix}`),
  ]
  io.print(lines.join('\n') || 'no plugins are installed', result)
  return result.failed.length + result.declined.length > 0 ? 1 : 0
}

const hasCode = (error: unknown): boolean => error instanceof Error && typeof (error as { code?: unknown }).code === 'string'
