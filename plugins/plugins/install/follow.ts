/** Follows what is being staged until it is ready, whoever asks. Pure but for the calls. */
import { NexusError } from 'nexus-gateway/sdk'
import type { InstallPhase, Staged } from './verbs.ts'

export type CallVerb = (method: string, params: unknown) => Promise<unknown>

/** The last word on it. Throws what kept it from being ready. */
export async function followed(call: CallVerb, first: Staged, phase: (name: InstallPhase) => void, signal: AbortSignal): Promise<Staged> {
  let staged = first
  for (let seen: InstallPhase | undefined; staged.state === 'working';) {
    if (staged.phase !== seen && staged.phase !== 'waiting') phase(staged.phase)
    seen = staged.phase
    staged = await call('plugins.staged', { ticket: staged.ticket, seen }) as Staged
    signal.throwIfAborted()
  }
  const { error } = staged
  if (error) throw new NexusError(error.code, { text: error.message.replaceAll('{', '('), fix: error.fix.replaceAll('{', '('), ...(error.exit !== undefined && { exit: error.exit }) })
  return staged
}

/** Fetches the libraries that a plugin of this release lacks; nothing happens where it lacks none. An end in between leaves nothing. */
export async function supplyLibraries(call: CallVerb, id: string, phase: (name: InstallPhase) => void, signal: AbortSignal): Promise<void> {
  const first = await call('plugins.stage', { id, libraries: true }) as Staged
  try {
    await followed(call, first, phase, signal)
  } finally {
    await call('plugins.discard', { ticket: first.ticket }).catch(() => {}) // a ticket that is gone is fine
  }
}
