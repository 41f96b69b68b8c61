/** Runs a definition where it can touch nothing, to learn what it declares. */
import type { Manifest } from 'nexus-gateway/sdk'
import { parseManifest } from 'nexus-gateway/sdk/hosting'
import type { IsolatedCode } from 'nexus-gateway/sdk/hosting'
import { fail } from '../errors.ts'
import { fallback } from './fallback.ts'
import { noGrants } from './grants.ts'
import { startLife } from './life.ts'
import { createSpares, type Spares } from './spares.ts'
import type { Probe } from './stand-in.ts'

const describeMs = 10_000

export async function describe(code: IsolatedCode, probe: Probe, spares: Spares = createSpares()): Promise<Manifest> {
  let known = false
  try {
    const manifest = await described(code, probe, () => spares.prepare(code.place))
    known = true
    return manifest
  } finally {
    spares.settle(code.place, known)
  }
}

async function described(code: IsolatedCode, probe: Probe, onBegun: () => void): Promise<Manifest> {
  const { id, place, root, entry, cli } = code
  const [session, reason] = await Promise.all([code.session(), probe()])
  const life = await startLife({
    session, root, grants: noGrants, limits: fallback, bwrap: reason === undefined, eager: false, entry,
    answers: {}, hears: { log() {}, fault() {}, offence() {} }, failure: (reason) => fail('NEXUS_ISOLATION_DOWN', { plugin: id, reason }),
  })
  onBegun()
  const late = setTimeout(() => life.kill(`it did not finish loading within ${describeMs / 1_000} s: look for a top-level await that never ends, or an export named \`then\``), describeMs)
  try {
    return parseManifest(await life.link.ask('describe', { entry, ...(cli !== undefined && { cli }) }), place, id)
  } finally {
    clearTimeout(late)
    // Its end is certain from here on, and nobody has to wait for it.
    life.kill('it has told what it is')
  }
}
