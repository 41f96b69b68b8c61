/** Which uses of credentials the journal is told of. */
import type { AuthAnswer, AuthRequest, Caller } from 'nexus-gateway/sdk'
import { expect, test } from 'vitest'
import { createTrail } from '../../plugins/auth/trail.ts'
import type { JournalEntry } from '../../plugins/journal/contract.ts'

const caller: Caller = { id: 'token:ci', role: 'operator', scopes: new Set(), label: 'operator' }
const admitted: AuthAnswer = { ok: true, caller }
const refused = (code: string): AuthAnswer => ({ ok: false, code, message: 'no' })
const request = (over: Partial<AuthRequest> = {}): AuthRequest => ({ transport: 'http', listener: 'tcp', secure: false, peer: '192.0.2.1', remote: '192.0.2.1', headers: {}, role: 'operator', token: 'secret-token', ...over })

function trail(broken = false) {
  let time = 0
  const entries: JournalEntry[] = []
  const logged: string[] = []
  const log = { debug() {}, info() {}, warn() {}, error: (message: string) => void logged.push(message) }
  const record = async (entry: JournalEntry): Promise<number> => {
    if (broken) throw new Error('full')
    return entries.push(entry)
  }
  return { entries, logged, pass: (ms: number) => { time += ms }, ...createTrail({ record }, () => time, log) }
}

test('every connection, and over HTTP a credential once an hour and address', () => {
  const at = trail()
  for (let i = 0; i < 3; i++) at.note(request({ transport: 'ws' }), admitted)
  for (let i = 0; i < 3; i++) at.note(request(), admitted)
  at.note(request({ remote: '192.0.2.2' }), admitted)
  at.pass(3_600_000)
  at.note(request(), admitted)
  expect(at.entries.map(({ verb, subject, outcome, cause }) => [verb, subject, outcome, cause.caller.id])).toEqual([
    ...Array.from({ length: 3 }, () => ['auth.admit', 'ws from 192.0.2.1', 'ok', 'token:ci']),
    ...['192.0.2.1', '192.0.2.2', '192.0.2.1'].map((remote) => ['auth.admit', `http from ${remote}`, 'ok', 'token:ci']),
  ])
})

test('refusals with their code, 60 in a minute, and how many more there were; not those without a credential', () => {
  const at = trail()
  at.pass(60_000)
  at.note(request(), refused('AUTH_TOKEN_MISSING'))
  for (let i = 0; i < 100; i++) at.note(request(), refused('AUTH_TOKEN_MISMATCH'))
  expect(at.entries).toHaveLength(60)
  expect(at.entries[0]).toMatchObject({ verb: 'auth.refuse', decision: 'deny', outcome: 'refused', code: 'AUTH_TOKEN_MISMATCH', cause: { caller: { id: 'anonymous' } } })
  at.pass(60_000)
  at.note(request(), refused('AUTH_TOKEN_MISMATCH'))
  expect(at.entries.slice(60).map(({ subject }) => subject)).toEqual(['40 more refusals before this one', 'http from 192.0.2.1'])
})

test('a journal that cannot be written holds nobody up and is said once; no secret is in a record', async () => {
  const at = trail(true)
  for (let i = 0; i < 5; i++) at.note(request({ transport: 'ws' }), admitted)
  await new Promise((resolve) => setImmediate(resolve))
  expect(at.logged).toEqual(['the use of credentials cannot be recorded'])
  const good = trail()
  good.note(request({ transport: 'ws' }), admitted)
  expect(JSON.stringify(good.entries)).not.toContain('secret-token')
})
