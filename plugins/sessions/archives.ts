/**
 * Transcripts that no key leads to any more. They stay where they are; what is added is a line in the month's log,
 * in order of time, so that retention reads what is due and what is new, and a list per key for who looks for them.
 */
import type { Log } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'
import type { ArchivedTranscript } from './contract.ts'

export interface RetentionRules {
  /** Delete what was archived longer ago than this; 0 for never. */
  readonly days: number
  /** Delete the oldest while all together are larger; 0 for never. */
  readonly bytes: number
}

export interface Archives {
  /** Durable; to be called before the transcript loses its key. With `keep` retention does not see it. */
  add(one: ArchivedTranscript, keep: boolean): Promise<void>
  of(key: string): Promise<ArchivedTranscript[]>
  /** Deletes what the rules no longer keep, oldest first, never what is younger than an hour or `inUse`. How many. */
  prune(rules: RetentionRules, inUse: (one: ArchivedTranscript) => Promise<boolean>): Promise<number>
}

/** Where retention stands: everything before `from` is done; `bytes` is what stands from there to `counted`. */
interface Place { readonly month: string; readonly at: number }
interface Progress { readonly from: Place; readonly counted: Place; readonly bytes: number }

const hourMs = 3_600_000
const dayMs = 86_400_000
const perKey = 100
/** One pass deletes no more, so that it never holds the disk for long. */
const perPass = 1000

export function openArchives({ store, log, now }: { readonly store: StoreApi; readonly log: Log; readonly now: () => number }): Archives {
  const lists = store.documents<{ readonly archives: readonly ArchivedTranscript[] }>('sessions/_archives')
  const progress = store.documents<Progress>('sessions')
  const logOf = (month: string) => store.log(`sessions/_archives/${month}`)

  async function edit(key: string, change: (list: readonly ArchivedTranscript[]) => ArchivedTranscript[]): Promise<void> {
    for (;;) {
      const found = await lists.get(key)
      const archives = change(found?.value.archives ?? [])
      try {
        if (archives.length > 0) await lists.put(key, { archives }, { revision: found?.revision ?? 0 })
        else if (found) await lists.delete(key, { revision: found.revision })
        return
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'NEXUS_STORE_CONFLICT') throw error
      }
    }
  }

  /** Lines from a place on, to the end of this month. */
  async function* since(from: Place): AsyncGenerator<{ readonly one: ArchivedTranscript; readonly next: Place }> {
    const last = monthOf(now())
    for (let { month, at } = from; month <= last; month = after(month), at = 0) {
      for await (const { text, end } of logOf(month).read({ from: at })) {
        const one = parse(text)
        if (one) yield { one, next: { month, at: end } }
        else log.warn('skipped a damaged line of the archive', { month })
      }
    }
  }

  async function counted(before: Progress): Promise<Progress> {
    let { counted: place, bytes } = before
    for await (const { one, next } of since(place)) {
      place = next
      bytes += one.bytes
    }
    return { ...before, counted: place, bytes }
  }

  async function remove(one: ArchivedTranscript): Promise<void> {
    await store.log(one.log).remove()
    await edit(one.key, (list) => list.filter(({ sessionId }) => sessionId !== one.sessionId))
  }

  /** A reset that failed after this line was tried again: the later line counts, or with `keep` none. */
  async function isOutdated({ key, sessionId, archivedAt }: ArchivedTranscript): Promise<boolean> {
    const last = (await lists.get(key))?.value.archives.find((one) => one.sessionId === sessionId)
    return last !== undefined && last.archivedAt > archivedAt
  }

  return {
    async add(one, keep) {
      if (!keep) {
        const month = monthOf(one.archivedAt)
        if (!await progress.get('archives')) await progress.put('archives', { from: { month, at: 0 }, counted: { month, at: 0 }, bytes: 0 })
        await logOf(month).append(JSON.stringify(one))
      }
      await edit(one.key, (list) => [one, ...list.filter(({ sessionId }) => sessionId !== one.sessionId)].slice(0, perKey))
    },
    async of(key) {
      return [...(await lists.get(key))?.value.archives ?? []]
    },
    async prune({ days, bytes: limit }, inUse) {
      const found = await progress.get('archives')
      if (!found) return 0
      let state = await counted(found.value)
      let removed = 0
      for await (const { one, next } of since(state.from)) {
        const age = now() - one.archivedAt
        const due = (days > 0 && age > days * dayMs) || (limit > 0 && state.bytes > limit)
        if (!due || age < hourMs || removed >= perPass) break
        if (!await inUse(one) && !await isOutdated(one)) {
          await remove(one)
          removed++
        }
        state = { ...state, from: next, bytes: state.bytes - one.bytes }
      }
      await progress.put('archives', state)
      for (let month = found.value.from.month; month < state.from.month; month = after(month)) await logOf(month).remove()
      return removed
    },
  }
}

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7)
const after = (month: string): string => monthOf(Date.parse(`${month}-28T00:00:00Z`) + 4 * dayMs)

function parse(text: string): ArchivedTranscript | undefined {
  try {
    const one = JSON.parse(text) as ArchivedTranscript
    return typeof one.log === 'string' && typeof one.key === 'string' && Number.isFinite(one.bytes) && Number.isFinite(one.archivedAt) ? one : undefined
  } catch {
    return undefined
  }
}
