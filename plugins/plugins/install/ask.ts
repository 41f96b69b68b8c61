/** From a spec to an installed plugin, on the command line: progress, consent, and the answer. */
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { paintOf } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { followed, supplyLibraries } from './follow.ts'
import { consentText, phaseText } from './screen.ts'
import { isPathLike } from './spec.ts'
import type { Consent, InstallPhase, Report, Staged } from './verbs.ts'

export type Done = { readonly state: 'installed'; readonly report: Report; readonly consent: Consent } | { readonly state: 'current' | 'declined' }

/** Another command may hold the state directory for as long as an install takes. Milliseconds. */
const patienceMs = 300_000

/** Paths are from where the command was typed; the gateway is somewhere else. */
export function absoluteSpec(spec: string): string {
  if (!isPathLike(spec)) return spec
  const path = spec.replace(/^file:(\/\/(?=\/))?/, '')
  return resolve(path.replace(/^~(?=\/)/, homedir()))
}

/** Throws what keeps the plugin out, NEXUS_PLUGINS_CONSENT and NEXUS_PLUGINS_SUSPECT; then nothing was changed. */
export async function install(io: CommandIo, params: Readonly<Record<string, unknown>>): Promise<Done> {
  const first = await patiently(io, () => io.call('plugins.stage', params)) as Staged
  const { ticket } = first
  try {
    const { state, consent } = await followed(io.call, first, tellPhase(io), io.signal)
    if (state === 'current' || !consent) return { state: 'current' }
    if (!await agreed(io, consent)) return { state: 'declined' }
    return { state: 'installed', consent, report: await io.call('plugins.commit', { ticket, accept: consent.digest }) as Report }
  } finally {
    // Also after a Ctrl-C: what was staged and not agreed to is of no use to anybody. A ticket that is gone is fine.
    await io.call('plugins.discard', { ticket }).catch(() => {})
  }
}

/** Turns it on, with the libraries that it lacks. */
export async function enable(io: CommandIo, id: string): Promise<Report> {
  await patiently(io, () => supplyLibraries(io.call, id, tellPhase(io), io.signal))
  return await io.call('plugins.enable', { id }) as Report
}

const tellPhase = ({ json, stderr }: CommandIo) => (phase: InstallPhase): void => {
  if (!json) stderr.write(`${phaseText(phase)} …\n`)
}

async function patiently<T>({ json, stderr }: CommandIo, work: () => Promise<T>): Promise<T> {
  for (const until = performance.now() + patienceMs; ;) {
    try {
      return await work()
    } catch (error) {
      const locked = (error as { code?: unknown }).code === 'NEXUS_START_LOCKED'
      if (!locked || performance.now() > until) throw error
      if (!json) stderr.write('waiting for another command that works on the same state directory …\n')
    }
  }
}

async function agreed(io: CommandIo, consent: Consent): Promise<boolean> {
  const { json, stderr, stdin, options, signal } = io
  if (!json) stderr.write(`\n${consentText(consent, paintOf(io))}\n\n`)
  const canAsk = stdin.isTTY === true && !json
  if (consent.suspect && !canAsk) throw fail('NEXUS_PLUGINS_SUSPECT')
  if (!consent.needed || (options['yes'] === true && !consent.suspect)) return true
  if (!canAsk) throw fail('NEXUS_PLUGINS_CONSENT')
  return ask(`${consent.partial ? 'Let it do that too?' : 'Install it?'} [y/N] `, { stdin, stderr, signal })
}

export async function ask(question: string, { stdin, stderr, signal }: Pick<CommandIo, 'stdin' | 'stderr' | 'signal'>): Promise<boolean> {
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    // The end of the input is no yes.
    const ended = new Promise<string>((resolve) => { lines.once('close', () => resolve('')) })
    return /^y(es)?$/i.test((await Promise.race([lines.question(question, { signal }), ended])).trim())
  } finally {
    lines.close()
  }
}
