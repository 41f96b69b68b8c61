/** From what was seen to what does not hold. Each function gives the first fault it finds, as a sentence, or nothing. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { jsonIn, lookupIn } from './lookup.ts'
import { ownOf } from './process.ts'
import { regex, type Ban, type Check, type SeenCheck } from './schema.ts'
import type { Run, Seen } from './seen.ts'
import { changesIn, found, readableByOthers } from './trees.ts'
import { filledIn } from './variables.ts'

/** How long something may take to show. */
const patienceMs = 5_000

export interface Last { readonly seen: Seen | undefined; /** What the log had before the case. */ readonly logged: number; /** What the gateway's memory grew by at most. */ readonly grownMiB: number; /** Trees as they were before the case. */ readonly trees: ReadonlyMap<string, ReadonlyMap<string, string>> }

export async function faultsOf(run: Run, last: Last): Promise<string[]> {
  const faults: string[] = []
  for (const check of filledIn(run.case.expect, lookupIn(run))) {
    const fault = mayCome(check) ? await lasting(() => faultIn(run, check, last)) : faultIn(run, check, last)
    if (fault !== undefined) faults.push(fault)
  }
  return faults
}

/** What a step has answered stays as it is; these may show a moment later. */
const mayCome = (check: Check): boolean => (['close', 'closed', 'within', 'event', 'log', 'file', 'journal', 'hits', 'without', 'private'] as const).some((key) => check[key] !== undefined)

async function lasting(test: () => string | undefined): Promise<string | undefined> {
  const end = performance.now() + patienceMs
  for (;;) {
    const fault = test()
    if (fault === undefined || performance.now() > end) return fault
    await new Promise((resolve) => { setTimeout(resolve, 25) })
  }
}

function faultIn(run: Run, { every, count, log, file, journal, rssMiB, hits, equal, unchanged, without, private: own, ...plain }: Check, { seen: latest, logged, grownMiB, trees }: Last): string | undefined {
  const { of, ...rest } = plain
  const seen = of === undefined ? latest : run.named.get(of)
  const aboutSeen = Object.keys(rest).length > 0 || every !== undefined || count !== undefined
  if (aboutSeen && !seen) return `nothing was seen of ${of ?? 'the last step'}`
  if (seen) {
    const fault = faultInSeen(run, rest, seen) ?? faultInAll(run, seen.results ?? [], every, count)
    if (fault !== undefined) return of === undefined ? fault : `${of}: ${fault}`
  }
  if (log !== undefined && !regex(log).test(ownOf(run).log().slice(logged))) return `the log has nothing like ${log}`
  if (journal !== undefined && !journalOf(run).some((record) => isPart(journal, record))) return `the journal has no record with ${JSON.stringify(journal)}`
  if (rssMiB !== undefined && grownMiB > rssMiB) return `the gateway grew by ${grownMiB.toFixed(1)} MiB, more than ${rssMiB}`
  if (equal) return faultInEqual(run, equal)
  const strange = unchanged === undefined ? [] : changesIn(unchanged, trees.get(unchanged)!)
  if (strange.length > 0) return `${short(strange)} changed`
  const open = own === undefined ? [] : readableByOthers(own)
  if (open.length > 0) return `others may enter ${short(open)}`
  const left = without ? found(without.dir, without.text) : []
  if (left.length > 0) return `${without!.text} is in ${short(left)}`
  if (hits) {
    const came = run.servers.get(hits.server)?.hits ?? 0
    if (came < (hits.least ?? 0) || came > (hits.most ?? Infinity)) return `${hits.server} saw ${came} connections`
  }
  return file && faultInFile(file)
}

function faultInSeen(run: Run, check: SeenCheck, seen: Seen): string | undefined {
  const { status, close, exit, ok, error, payload, json, header, body, event, text, code, closed, within } = check
  const told = seen.fault === undefined ? '' : ` (${seen.fault})`
  // Where all runs come from one address, the wrong credentials of one use up the tries of the next.
  const crowded = run.source === undefined && seen.status === 429 && among(status, 401)
  if (!crowded && !among(status, seen.status)) return `status ${seen.status}${told}, not ${String(status)}: ${short(seen.body)}`
  if (ok !== undefined && seen.ok !== ok) return `ok is ${seen.ok}${told}: ${short(seen.error ?? seen.payload ?? seen.body)}`
  if (error !== undefined && !isPart(error, seen.error)) return `the error is ${short(seen.error)}${told}, not ${short(error)}`
  if (payload !== undefined && !isPart(payload, seen.payload)) return `the payload is ${short(seen.payload)}${told}, not ${short(payload)}`
  if (json !== undefined && !isPart(json, jsonIn(seen.body))) return `the body is ${short(seen.body)}${told}, not ${short(json)}`
  if (body !== undefined && !regex(body).test(seen.body ?? '')) return `the body is ${short(seen.body)}${told}, nothing like ${body}`
  if (text !== undefined && !regex(text).test(seen.text ?? '')) return `the tool says ${short(seen.text ?? seen.error)}${told}, nothing like ${text}`
  if (code === null ? seen.code !== undefined : code !== undefined && !regex(code).test(seen.code ?? '')) return `the code is ${seen.code}${told}: ${short(seen.text ?? seen.error)}`
  for (const [name, wanted] of Object.entries(header ?? {})) {
    const found = seen.headers?.[name.toLowerCase()]
    if (wanted === null ? found !== undefined : found === undefined || !regex(wanted).test(found)) return `the header ${name} is ${found}`
  }
  if (exit === 'failure' ? seen.exit === 0 || seen.exit === undefined : !among(exit, seen.exit ?? undefined)) return `the exit status is ${seen.exit}: ${short(seen.body)}`
  if (event !== undefined && !seen.ws?.frames.some((frame) => frame['event'] === event)) return `no event ${event} came`
  if (!among(close, seen.ws?.close?.code)) return `the socket was closed with ${seen.ws?.close?.code ?? 'nothing'} ${seen.ws?.close?.reason ?? ''}, not ${String(close)}`
  const shutAt = seen.ws?.close?.at ?? seen.line?.closedAt
  if (closed !== undefined && (shutAt !== undefined) !== closed) return closed ? 'the connection is still open' : 'the connection was shut'
  if (within) {
    const from = run.named.get(within.after)?.at
    if (from === undefined || shutAt === undefined) return `it was not shut after ${within.after}`
    if (shutAt - from > within.ms) return `it was shut ${Math.round(shutAt - from)} ms after ${within.after}`
  }
  return undefined
}

function faultInAll(run: Run, results: readonly Seen[], every: SeenCheck | undefined, count: Check['count']): string | undefined {
  if (every) {
    if (results.length === 0) return 'there was nothing to check'
    for (const [n, one] of results.entries()) {
      const fault = faultInSeen(run, every, one)
      if (fault !== undefined) return `${n + 1} of ${results.length} ${short(one.payload)}: ${fault}`
    }
  }
  if (count) {
    const found = results.filter((one) => faultInSeen(run, count.of, one) === undefined).length
    if (found < (count.least ?? 0) || found > (count.most ?? Infinity)) return `${found} of ${results.length} were ${JSON.stringify(count.of)}`
  }
  return undefined
}

function faultInEqual(run: Run, names: readonly string[]): string | undefined {
  const [a, b] = names.map((name) => {
    const { status, ok, error, fault } = run.named.get(name) ?? {}
    return JSON.stringify({ status, ok, code: isTree(error) ? error['code'] : error, fault })
  })
  return a === b ? undefined : `${names.join(' and ')} differ: ${a}, ${b}`
}

function faultInFile({ path, exists, mode, matches }: NonNullable<Check['file']>): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  if ((exists ?? true) !== Boolean(stat)) return stat ? `${path} is there` : `${path} is not there`
  // With four digits the set-id bits count too.
  const bits = stat && stat.mode & (mode?.length === 4 ? 0o7777 : 0o777)
  if (mode !== undefined && bits !== Number.parseInt(mode, 8)) return `${path} has mode ${bits?.toString(8)}`
  if (matches !== undefined && !regex(matches).test(readFileSync(path, 'utf8'))) return `${path} has nothing like ${matches}`
  return undefined
}

function journalOf(run: Run): unknown[] {
  const dir = join(ownOf(run).state, 'journal')
  return readdirSync(dir).filter((name) => name.endsWith('.jsonl')).sort().flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n').map(jsonIn))
}

// ── What must not be seen ───────────────────────────────────────────────────────────────────────

/** Looked at once, when the case is over. */
export function forbidden(run: Run, logged: number): string[] {
  const { target, evidence, servers, named, credentials, case: { forbid } } = run
  const log = target.own?.log().slice(logged) ?? ''
  const secrets = target.own ? [target.token(), ...[...credentials.values()].flatMap(({ token, device }) => [token, device?.token])].filter((one) => one !== undefined && one.length >= 16) : []
  const leaked = secrets.some((secret) => log.includes(secret!)) ? ['a credential is in the log'] : []
  return [...leaked, ...filledIn(forbid, lookupIn(run)).flatMap((ban) => seenOf(ban) ?? [])]

  function seenOf(ban: Ban): string | undefined {
    if ('file' in ban) return statSync(ban.file, { throwIfNoEntry: false }) && `${ban.file} is there`
    if ('server' in ban) return servers.get(ban.server)!.hits > 0 ? `${ban.server} was connected to` : undefined
    if ('event' in ban) return [...named.values()].some(({ ws }) => ws?.frames.some((frame) => frame['event'] === ban.event)) ? `the event ${ban.event} came` : undefined
    const told = log.includes(ban.bytes) ? 'in the log' : evidence.has(ban.bytes) ? 'in an answer' : [...servers.values()].some(({ said }) => Buffer.concat(said).includes(ban.bytes)) ? 'at a server' : undefined
    return told && `${short(ban.bytes)} was seen ${told}`
  }
}

// ── Comparing ───────────────────────────────────────────────────────────────────────────────────

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `part` is there in `whole`; a text that starts with `~` is a pattern, and true means that there is something. */
function isPart(part: unknown, whole: unknown): boolean {
  if (typeof part === 'string' && part.startsWith('~')) return regex(part.slice(1)).test(typeof whole === 'string' ? whole : JSON.stringify(whole) ?? '')
  if (part === true && typeof whole === 'object') return whole !== null
  if (part === false && whole === undefined) return true
  if (Array.isArray(part)) return Array.isArray(whole) && whole.length === part.length && part.every((one, i) => isPart(one, whole[i]))
  if (isTree(part)) return isTree(whole) && Object.entries(part).every(([name, one]) => isPart(one, whole[name]))
  return part === whole
}

const among = (wanted: number | readonly number[] | undefined, found: number | undefined): boolean =>
  wanted === undefined || (found !== undefined && (Array.isArray(wanted) ? wanted : [wanted]).includes(found))

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value) ?? 'nothing'
  return text.length > 240 ? `${text.slice(0, 240)}…` : text
}
