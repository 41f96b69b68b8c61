/** Runs a definition where it can touch nothing, to learn what it declares. */
import type { Manifest } from 'nexus-gateway/sdk'
import { parseManifest } from 'nexus-gateway/sdk/hosting'
import type { IsolatedCode } from 'nexus-gateway/sdk/hosting'
import { fail } from '../errors.ts'
import { fallback } from './fallback.ts'
import { noGrants } from './grants.ts'
import { startLife } from './life.ts'
import type { Probe } from './stand-in.ts'

const describeMs = 10_000

export async function describe(code: IsolatedCode, probe: Probe): Promise<Manifest> {
  const { id, place, root, entry, cli } = code
  const session = await code.session()
  const life = await startLife({
    session, root, grants: noGrants, limits: fallback, bwrap: await probe() === undefined, eager: false,
    answers: {}, hears: { log() {}, fault() {}, offence() {} }, failure: (reason) => fail('NEXUS_ISOLATION_DOWN', { plugin: id, reason }),
  })
  const late = setTimeout(() => life.kill(`it did not finish loading within ${describeMs / 1_000} s: look for a top-level await that never ends, or an export named \`then\``), describeMs)
  try {
    return parseManifest(await life.link.ask('describe', { entry, ...(cli !== undefined && { cli }) }), place, id)
  } finally {
    clearTimeout(late)
    life.kill('it has told what it is')
    await life.ended
  }
}
