/**
 * `npm run bench`: every figure beside a bare control of the same run; medians and ratios.
 *   npm run bench -- [--only id,id] [--json] [--compare] [--no-save]
 * Results are kept by commit in test/bench/results; `--compare` names what got worse by more than a tenth.
 */
import { execFileSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { compareTiming } from './compare.ts'
import { completions } from './completions.ts'
import { configRead } from './config.ts'
import { configGet, configReload } from './config-live.ts'
import { fanOut } from './fan-out.ts'
import { flood } from './flood.ts'
import { http } from './http.ts'
import { isolatedCalls, neighbours } from './isolated.ts'
import { journal } from './journal.ts'
import { ledger } from './ledger.ts'
import { memory } from './memory.ts'
import { manyPlugins, reload } from './plugins.ts'
import { policy } from './policy.ts'
import { root } from './processes.ts'
import { meets, type Row, type Scenario } from './row.ts'
import { rpc } from './rpc.ts'
import { commandLine, startUp } from './start-up.ts'
import { paced } from './streams.ts'
import { hotReload, installed, scaffold } from './third-party.ts'
import { turn } from './turn.ts'
import { usage } from './usage.ts'

const scenarios: Record<string, Scenario> = { start: startUp, cli: commandLine, rpc, 'fan-out': fanOut, http, turn, completions, streams: paced, memory, 'many-plugins': manyPlugins, reload, 'config-read': configRead, 'config-reload': configReload, 'config-get': configGet, journal, ledger, usage, policy, flood, compare: compareTiming, isolated: isolatedCalls, neighbours, installed, 'hot-reload': hotReload, scaffold }
const { values: options } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'boolean' }, compare: { type: 'boolean' }, 'no-save': { type: 'boolean' } } })
const results = join(root, 'test/bench/results')
const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

interface Saved { readonly commit: string; readonly date: string; readonly node: string; readonly cores: number; readonly rows: readonly Row[] }

const wanted = options.only?.split(',') ?? Object.keys(scenarios)
const rows: Row[] = []
for (const name of wanted) {
  const scenario = scenarios[name]
  if (!scenario) throw new Error(`no scenario "${name}"; there are: ${Object.keys(scenarios).join(', ')}`)
  process.stderr.write(`${name} …\n`)
  rows.push(...await scenario())
}

const saved: Saved = { commit: git('rev-parse', '--short', 'HEAD'), date: new Date().toISOString(), node: process.version, cores: cpus().length, rows }
if (options.json) console.log(JSON.stringify(saved, null, 2))
else print(saved)
if (options.compare) await compare(saved)
if (!options['no-save'] && !options.only) await writeFile(join(results, `${saved.commit}.json`), `${JSON.stringify(saved, null, 2)}\n`)

function print({ rows, node, cores }: Saved): void {
  const table = rows.map((row) => [row.what, shown(row, row.value), `${row.better === 'less' ? '≤' : '≥'} ${row.target} ${row.unit}`, meets(row) ? 'met' : 'MISSED', row.control, Object.entries(row.figures).map(([name, value]) => `${name} ${value.toPrecision(4)}`).join(', ')])
  console.log(`| what | value | target | | control | figures |\n|---|---|---|---|---|---|`)
  for (const line of table) console.log(`| ${line.join(' | ')} |`)
  console.log(`\nNode ${node}, ${cores} cores.`)
}

function shown({ unit }: Row, value: number): string {
  return `${value.toFixed(2)} ${unit}`
}

/** Against the newest result that is not this commit's. */
async function compare(now: Saved): Promise<void> {
  const files = (await readdir(results)).filter((file) => file.endsWith('.json') && file !== `${now.commit}.json`)
  const saved = await Promise.all(files.map(async (file) => JSON.parse(await readFile(join(results, file), 'utf8')) as Saved))
  const before = saved.sort((a, b) => b.date.localeCompare(a.date))[0]
  if (!before) return console.log('Nothing to compare with yet.')
  const worse = now.rows.flatMap((row) => {
    const old = before.rows.find((other) => other.id === row.id)
    if (!old) return []
    const change = row.better === 'less' ? row.value / old.value : old.value / row.value
    return change > 1.1 ? [`${row.what}: ${shown(row, old.value)} → ${shown(row, row.value)}`] : []
  })
  console.log(worse.length === 0 ? `Nothing is worse than at ${before.commit}.` : `Worse than at ${before.commit}:\n${worse.map((line) => `  ${line}`).join('\n')}`)
}
