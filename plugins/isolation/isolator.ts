/** What the loader asks for whatever is not trusted. */
import type { Isolator } from 'nexus-gateway/sdk/hosting'
import { Isolation } from './contract.ts'
import { probeBwrap } from './host/bwrap.ts'
import { commandsOf } from './host/commands.ts'
import { describe } from './host/describe.ts'
import { createSpares } from './host/spares.ts'
import { ownService, standIn } from './host/stand-in.ts'

function createIsolator(): Isolator {
  let probed: Promise<string | undefined> | undefined
  /** What this machine can do does not change while it runs. */
  const probe = () => (probed ??= probeBwrap())
  const spares = createSpares()
  return {
    requires: { [ownService]: { service: Isolation.id, optional: false } },
    describe: (code) => describe(code, probe, spares),
    standIn: (code, manifest) => standIn(code, manifest, probe, spares),
    commands: (code, manifest) => commandsOf(code, manifest, probe),
  }
}

export default createIsolator()
