/** Which runs that wait or run were caused by which: for stopping them together, and for an end to their talking to each other. */
import type { ToolContext } from '../../tools/contract.ts'
import type { Limits } from '../rights.ts'

/** What a run that another run has caused has from it. */
export interface Origin {
  /** None for the news that a sub-agent is done: nothing waits for that. */
  readonly parentRunId?: string
  /** The session that it was caused from. */
  readonly parentKey?: string
  /** The agent at the top of the chain, whose `subagents.maxConcurrent` counts it. */
  readonly top?: string
  /** How many sub-agents in a row were begun on the news of the one before. */
  readonly hops: number
  /** How many messages have gone to and fro between sessions. */
  readonly turns: number
  /** What binds the causing run, where that is not above this session anyway. */
  readonly bound?: ToolContext
  readonly limits?: Limits
}
type Member = Partial<Origin> & { readonly runId: string; readonly sessionKey: string | undefined; readonly timeoutMs: number }

export interface Family {
  begin(member: Member): void
  end(runId: string): void
  /** Runs that it caused, and those that they caused. */
  ofRun(runId: string): readonly string[]
  /** The same for all that was caused from a session. */
  ofSession(sessionKey: string): readonly string[]
  /** 0 for one that no run has caused. */
  counts(runId: string | undefined): Pick<Origin, 'hops' | 'turns'>
  timeoutOf(runId: string | undefined): number | undefined
}

/** As many members as there are open runs, which are bounded. */
export function createFamily(): Family {
  const members = new Map<string, Member>()

  /** Breadth first; none twice. */
  function closure(first: (member: Member) => boolean): readonly string[] {
    const found = new Map<string, Member>()
    let edge = [...members.values()].filter(first)
    while (edge.length > 0) {
      for (const one of edge) found.set(one.runId, one)
      const ids = new Set(edge.map(({ runId }) => runId))
      edge = [...members.values()].filter(({ runId, parentRunId }) => parentRunId !== undefined && ids.has(parentRunId) && !found.has(runId))
    }
    return [...found.keys()]
  }

  return {
    begin(member) { members.set(member.runId, member) },
    end(runId) { members.delete(runId) },
    ofRun: (id) => closure(({ parentRunId }) => parentRunId === id),
    ofSession(key) {
      const keys = new Set([key])
      for (let before = 0; before < keys.size;) {
        before = keys.size
        for (const { parentKey, parentRunId, sessionKey } of members.values()) if (parentRunId !== undefined && parentKey !== undefined && sessionKey !== undefined && keys.has(parentKey)) keys.add(sessionKey)
      }
      return closure(({ parentRunId, parentKey }) => parentRunId !== undefined && parentKey !== undefined && keys.has(parentKey))
    },
    counts(runId) {
      const { hops = 0, turns = 0 } = (runId === undefined ? undefined : members.get(runId)) ?? {}
      return { hops, turns }
    },
    timeoutOf: (runId) => (runId === undefined ? undefined : members.get(runId)?.timeoutMs),
  }
}
