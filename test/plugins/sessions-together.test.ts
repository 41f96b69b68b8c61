/** Everything at once, with hardly a session held: every word that was acknowledged stands once, in one chain, under its key or in its archive. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asked, cause, markers, start, user, type SessionsUnderTest } from './sessions-harness.ts'
import type { SessionEntry, StoredEntry } from '../../plugins/sessions/contract.ts'

const keys = ['a', 'b', 'c'] as const
const step = fc.record({ key: fc.constantFrom(...keys), what: fc.constantFrom('append', 'append', 'turn', 'turn', 'patch', 'reset', 'remove', 'open', 'list', 'retention'), wait: fc.boolean() })
const refusals = new Set(['NEXUS_SESSIONS_ACTIVE', 'NEXUS_SESSIONS_CHANGED'])

async function chains(under: SessionsUnderTest, key: string): Promise<SessionEntry[][]> {
  const all = (entries: readonly StoredEntry[]) => entries
  return [all(await under.sessions.entries(key, { limit: 1000 })), ...await Promise.all((await under.sessions.archives(key)).map(async ({ sessionId }) => all(await under.sessions.archived(key, sessionId, { limit: 1000 }))))].map((entries) => [...entries])
}

test('whatever is done to sessions at the same time', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
    const under = await start({ limits: { maxOpenSessions: 1 } })
    const said = new Map<string, string>()
    const labels = new Map<string, Set<string>>()
    const act = async ({ key, what }: { key: string; what: string }, i: number): Promise<void> => {
      const text = `${key}${i}`
      if (what === 'append') await under.sessions.append(key, [asked(text)]).then(() => said.set(text, key))
      else if (what === 'patch') await under.sessions.patch(key, { extra: { [`p.${i}`]: i } }).then(() => labels.set(key, (labels.get(key) ?? new Set()).add(`p.${i}`)))
      else if (what === 'reset') await under.sessions.reset(key, { reason: 'new' })
      else if (what === 'remove') await under.sessions.remove(key)
      else if (what === 'open') await under.sessions.open(key)
      else if (what === 'list') await under.sessions.list()
      else if (what === 'retention') await under.sessions.retention.run({ archiveDays: 1, archiveBytes: 1, unusedDays: 1 })
      else {
        const { runId } = await under.sessions.accept(key, { message: user(text), cause: cause(), idempotencyKey: text })
        said.set(text, key)
        await under.sessions.startRun(runId)
        await under.sessions.endRun(runId, { status: 'ok' }, [asked(`re ${text}`)])
        said.set(`re ${text}`, key)
      }
    }
    const running: Promise<void>[] = []
    for (const [i, one] of steps.entries()) {
      const mine = act(one, i).catch((error: unknown) => { if (!refusals.has((error as { code: string }).code)) throw error })
      running.push(mine)
      if (one.wait) await mine
    }
    await Promise.all(running)
    await under.crash()
    const found: string[] = []
    for (const key of keys) {
      for (const entries of await chains(under, key)) {
        expect(entries.map((e) => e.parentId)).toEqual(entries.map((_, i) => entries[i - 1]?.id ?? null))
        const texts = entries.flatMap((e) => (e.type === 'message' && e.message.role === 'user' ? e.message.content.map((part) => ('text' in part ? part.text : '')) : []))
        for (const text of texts) expect(said.get(text)).toBe(key)
        found.push(...texts)
        const open = markers(entries).map(({ runId, phase }) => `${phase} ${runId}`)
        for (const mark of open) expect(open).toContain(mark.startsWith('start') ? mark.replace('start', 'end') : mark.replace('end', 'start'))
      }
      const current = Object.keys((await under.sessions.settings(key)).extra ?? {})
      if (!steps.some((one) => one.key === key && one.what === 'remove')) expect(current.sort()).toEqual([...labels.get(key) ?? []].sort())
    }
    expect(found.sort()).toEqual([...said.keys()].sort())
    expect(under.sessions.interrupted()).toEqual([])
  }), { numRuns: process.env.NEXUS_TEST_FULL ? 600 : 40 })
}, 300_000)
