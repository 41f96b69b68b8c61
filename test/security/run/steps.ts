/** From a step to what it shows. */
import { until } from './line.ts'
import { lookupIn } from './lookup.ts'
import { edit, install, publish, symlink } from './packages.ts'
import { child, knock, nexus, reload, remove, restart, start, write } from './process.ts'
import { verbOf, type Input, type Repeat, type Step, type Together } from './schema.ts'
import type { Credential, Run, Seen } from './seen.ts'
import { swap } from './standing.ts'
import { answerMs, call, http, raw, rpc, send, upgrade, ws, type Way } from './talk.ts'
import { reach, tool } from './tools.ts'
import { filledIn } from './variables.ts'

/** Gives what the last of them showed. Every step that has a name is remembered under it. */
export async function runSteps(run: Run, steps: readonly Step[]): Promise<Seen | undefined> {
  let last: Seen | undefined
  for (const step of steps) last = await runStep(run, step)
  return last
}

/** What a case needs before it begins; a step that fails is an error. */
export async function prepareSteps(run: Run, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    const { ok, exit = 0, status = 200, error, body, fault } = await runStep(run, step)
    if (ok === false || exit !== 0 || status >= 400) throw new Error(`a step of its setup failed: ${JSON.stringify(error) ?? body ?? fault}`)
  }
}

async function runStep(run: Run, step: Step): Promise<Seen> {
  const seen = await did(run, step)
  if (step.name !== undefined) run.named.set(step.name, seen)
  // Nobody looks at it, and what comes after it may fail for that alone.
  else if (seen.ok === false) run.asides.push(`before it, ${seen.verb} failed: ${seen.fault ?? JSON.stringify(seen.error)}`)
  return seen
}

async function did(run: Run, step: Step): Promise<Seen> {
  // What is repeated is filled in each round.
  if (step.repeat) return repeated(run, step.repeat)
  if (step.together) return together(run, step.together)
  const { as, from, ...rest } = filledIn(step, lookupIn(run))
  const way: Way = { run, credential: credentialOf(run, as), from: run.source === undefined ? undefined : from === 'loopback' ? '127.0.0.1' : from ?? run.source }
  const verb = verbOf(rest)
  switch (verb) {
    case 'http': return http(way, rest.http as Input<'http'>)
    case 'rpc': return rpc(way, rest.rpc as Input<'rpc'>)
    case 'upgrade': return upgrade(way, rest.upgrade as Input<'upgrade'>)
    case 'ws': return ws(way, rest.ws as Input<'ws'>)
    case 'call': return call(way, rest.call as Input<'call'>)
    case 'send': return send(way, rest.send as Input<'send'>)
    case 'raw': return raw(way, rest.raw as Input<'raw'>)
    case 'knock': return knock(run, rest.knock as Input<'knock'>)
    case 'nexus': return nexus(run, rest.nexus as Input<'nexus'>)
    case 'child': return child(run, rest.child as Input<'child'>)
    case 'start': return start(run, rest.start as Input<'start'>)
    case 'sleep': return slept(rest.sleep as number)
    case 'wait': return waited(run, rest.wait as Input<'wait'>)
    case 'reload': return reload(run, rest.reload as string)
    case 'restart': return restart(run, rest.restart as 'kill' | 'stop')
    case 'write': return write(run, rest.write as Input<'write'>)
    case 'remove': return remove(run, rest.remove as string)
    case 'install': return install(way, rest.install as Input<'install'>)
    case 'publish': return publish(run, rest.publish as Input<'publish'>)
    case 'edit': return edit(run, rest.edit as Input<'edit'>)
    case 'symlink': return symlink(run, rest.symlink as Input<'symlink'>)
    case 'tool': return tool(way, rest.tool as Input<'tool'>)
    case 'reach': return reach(way, rest.reach as Input<'reach'>)
    case 'swap': return swap(run, rest.swap as Input<'swap'>)
    default: throw new Error('a step has one verb')
  }
}

function credentialOf(run: Run, name = 'none'): Credential {
  if (name === 'none') return {}
  if (name === 'token') return { token: run.target.token() }
  const found = run.credentials.get(name)
  if (!found) throw new Error(`there is no credential called ${name}`)
  return found
}

async function slept(ms: number): Promise<Seen> {
  await new Promise((resolve) => { setTimeout(resolve, ms) })
  return { verb: 'sleep', at: performance.now() }
}

async function waited(run: Run, { of, for: what, event, ms = answerMs }: Input<'wait'>): Promise<Seen> {
  const seen = run.named.get(of)
  if (!seen?.line) throw new Error(`there is no connection called ${of}`)
  const { line, ws } = seen
  const held = await until(line, ms, () => (what === 'close' ? line.closedAt !== undefined || ws?.close !== undefined
    : what === 'event' ? ws?.frames.some((frame) => frame['event'] === event) ?? false : line.pending.length > 0))
  return { verb: 'wait', at: performance.now(), ok: held, line, ...(ws && { ws }) }
}

/** Each list beside the others; what they showed, list by list. */
async function together(run: Run, lists: Together): Promise<Seen> {
  const seen = await Promise.all(lists.map((steps) => runSteps(run, steps)))
  return { verb: 'together', at: performance.now(), results: seen.filter((one) => one !== undefined) }
}

async function repeated(run: Run, { times = 0, each, full, parallel = 1, spread, steps }: Repeat): Promise<Seen> {
  const rounds = each ? each.length : (run.full ? full : undefined) ?? times
  const results: Seen[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let n = next++; n < rounds; n = next++) {
      const round: Run = { ...run, n, ...(each && { each: filledIn(each[n], lookupIn(run)) }), ...(spread && run.source !== undefined && { source: spreadOver(n) }) }
      const seen = await runSteps(round, steps)
      if (seen) results[n] = seen
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, rounds) }, worker))
  return { verb: 'repeat', at: performance.now(), results }
}

/** Addresses that no run has for its own. */
const spreadOver = (n: number): string => `127.${200 + (n >> 16 & 31)}.${n >> 8 & 255}.${1 + n % 250}`
