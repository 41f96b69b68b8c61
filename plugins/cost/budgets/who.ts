/** Whose money it is: every one that a spending counts for, by axis. Pure. */
import { sessionPartsOf } from '../../sessions/contract.ts'
import type { Spending } from '../contract.ts'
import type { Axis } from '../wire.ts'
import type { RunMember } from './family.ts'

export type Who = Readonly<Record<Exclude<Axis, 'global'>, readonly string[]>>

/** `runs`: its run and those that began it. `agents`: those whose settings bind it. */
export function whoOf({ cause: { caller, path }, sessionKey, agentId }: Pick<Spending, 'cause' | 'sessionKey' | 'agentId'>, runs: readonly Partial<RunMember>[], agents: readonly string[]): Who {
  const sessions = unique([sessionKey, ...runs.map((run) => run.sessionKey)])
  const parts = sessions.filter((key) => key.startsWith('agent:')).map((key) => sessionPartsOf(key))
  const sender = caller.label === 'channel' ? parts.find(({ kind, peer }) => kind === 'direct' && peer !== undefined) : undefined
  return {
    agent: unique([agentId, ...runs.map((run) => run.agentId), ...parts.map(({ agent }) => agent), ...agents]),
    session: sessions,
    user: [sender ? [sender.channel, sender.peer].filter(Boolean).join(':') : caller.id],
    channel: unique(parts.map(({ channel }) => channel)),
    token: unique([after('token:', caller.id)]),
    plugin: unique([...path, after('plugin:', caller.id)]),
    job: unique(parts.map(({ kind, id }) => (kind === 'cron' || kind === 'hook' ? id : undefined))),
  }
}

const after = (start: string, id: string): string | undefined => (id.startsWith(start) ? id.slice(start.length) : undefined)
const unique = (all: readonly (string | undefined)[]): readonly string[] => [...new Set(all.filter((one) => one !== undefined))]
