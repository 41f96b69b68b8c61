/**
 * The cases that need nothing set up, against any gateway that speaks the protocol. Nothing lasting is changed there.
 * Exits with 0 if all hold, 1 if one does not, 2 if it could not begin.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chosen, readCases } from './run/cases.ts'
import { addressIn, type Target } from './run/gateway.ts'
import { failures, table } from './run/report.ts'
import { createRun, createSources, runCase, serversOf, type Result } from './run/run.ts'
import type { Case } from './run/schema.ts'
import { rpc } from './run/talk.ts'

async function main(): Promise<number> {
  const { values: { url, 'token-file': file, json = false, class: classes = '' } } = parseArgs({ options: { url: { type: 'string' }, 'token-file': { type: 'string' }, json: { type: 'boolean' }, class: { type: 'string' } } })
  if (url === undefined || file === undefined) {
    process.stderr.write('Usage: npm run attack -- --url http://127.0.0.1:19789 --token-file FILE [--json] [--class A,B03]\n')
    return 2
  }
  const token = readFileSync(file, 'utf8').trim()
  const cases = chosen(readCases(), classes.split(',').filter(Boolean)).filter(({ remote }) => remote)
  const target: Target = { address: () => addressIn(url), url: () => url, token: () => token, plugins: new Set(), own: undefined }
  const results = await attack(cases, { ...target, plugins: await pluginsOf(target, cases[0]) })
  if (json) process.stdout.write(`${JSON.stringify({ url, results })}\n`)
  else process.stdout.write(`${[table(cases, results), ...failures(cases, results)].join('\n\n')}\n`)
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0
}

async function attack(cases: readonly Case[], target: Target): Promise<Result[]> {
  const sources = createSources()
  const results: Result[] = []
  for (const one of cases) {
    const missing = one.needs.filter((id) => target.plugins.size > 0 && !target.plugins.has(id))
    if (missing.length > 0) {
      results.push({ id: one.id, mode: 'fresh', outcome: 'not applicable', seen: [`there is no plugin ${missing.join(', ')}`], ms: 0 })
      continue
    }
    const servers = await serversOf(one)
    results.push(await runCase(createRun(one, 'fresh', target, servers, { source: sources(target) })))
    for (const server of servers.values()) server.end()
  }
  return results
}

/** Empty of a gateway that does not tell: then every case is tried. Throws if it is not there, or lets the token not in. */
async function pluginsOf(target: Target, one: Case | undefined): Promise<Set<string>> {
  if (!one) throw new Error('there is no such case')
  const run = createRun(one, 'fresh', target, new Map(), { source: undefined })
  const seen = await rpc({ run, credential: { token: target.token() }, from: undefined }, { method: 'plugins.list', params: {} })
  if (seen.status === undefined || seen.status === 401) throw new Error(seen.status === undefined ? `nothing answers there: ${seen.fault}` : 'the token is not let in')
  const { plugins = [] } = (seen.payload ?? {}) as { plugins?: { id: string; state: string }[] }
  return new Set(plugins.filter(({ state }) => state === 'active').map(({ id }) => id))
}

main().then((code) => { process.exitCode = code }, (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
})
