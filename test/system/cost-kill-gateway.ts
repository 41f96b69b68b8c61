/**
 * The race for a budget in the built gateway: 200 requests at once over /v1 on a daily budget worth ten calls, a provider
 * that fails before it serves or breaks off after it has begun, SIGKILL at a random instant, and the same again after the
 * restart. The provider's own book is the judge.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CostStatus, Settled } from '../../plugins/cost/wire.ts'
import { startOpenAiServer, type MockBody, type MockReply } from '../fixtures/openai-server.ts'
import { connect } from '../fixtures/runs-client.ts'
import { started, type Started } from '../kernel/cli/spawn.ts'
import { seeded } from './cost-kill-child.ts'

export interface GatewayKillReport { rounds: number; served: number; most: number; answered: number; refused: number; orphaned: number }

/** Tokens of one whole answer, which alone costs something, and what that is. */
const [answer, usdPerMillion] = [700, 10]
const callUsd = (answer * usdPerMillion) / 1e6
const requests = 200

export async function killGateway({ times, seed }: { readonly times: number; readonly seed: number }): Promise<GatewayKillReport> {
  const random = seeded(seed)
  const state = mkdtempSync(join(tmpdir(), 'nexus-cost-gateway-'))
  const book: { readonly round: number; readonly usd: number }[] = []
  const report: GatewayKillReport = { rounds: 0, served: 0, most: 0, answered: 0, refused: 0, orphaned: 0 }
  let round = 0
  const provider = await startOpenAiServer({ reply: (body) => reply(body) })

  /** What is not refused is served, and stands in the book, also when the answer breaks off. */
  function reply(body: MockBody): MockReply {
    const fate = random()
    if (fate < 0.15) return { status: 500 }
    const completion = Math.min(answer, Number(body['max_completion_tokens'] ?? body['max_tokens'] ?? answer))
    book.push({ round, usd: (completion * usdPerMillion) / 1e6 })
    return { text: ['one', 'two', 'three'], usage: { prompt: 10, completion }, waitMs: random() * 60, ...(fate < 0.25 && { after: 1, fault: 'cut' as const }) }
  }

  const sumOf = (some: typeof book): number => some.reduce((sum, { usd }) => sum + usd, 0)

  async function check(gateway: Started): Promise<void> {
    const client = await connect(gateway.ready.url, tokenOf(state), { keep: false })
    const { payload } = await client.call('cost.status', {})
    const { payload: listed } = await client.call('cost.charges', { limit: 1_000 })
    client.close()
    const { today, open, budgets } = payload as unknown as CostStatus
    const { charges } = listed as unknown as { readonly charges: readonly Settled[] }
    const [served, tiny] = [sumOf(book), 1e-9]
    const estimated = charges.filter((charge) => charge.estimated).reduce((sum, { usd }) => sum + (usd ?? 0), 0)
    if (today.usd + open.usd < served - tiny) throw new Error(`round ${round}: ${today.usd} spent and ${open.usd} held, and the provider has served ${served}`)
    if (today.usd > served + estimated + tiny) throw new Error(`round ${round}: ${today.usd} spent, and the provider has served ${served}; ${estimated} could not be counted`)
    for (const { id, limit, spent, held } of budgets) if (spent.usd + held.usd > limit.usd! + tiny) throw new Error(`round ${round}: ${id} has ${spent.usd} and ${held.usd} of ${limit.usd}`)
    const mine = book.filter((one) => one.round === round)
    if (sumOf(mine) > 10 * callUsd + tiny) throw new Error(`round ${round}: ${mine.length} calls came to ${sumOf(mine)}`)
    report.most = Math.max(report.most, mine.length)
    report.orphaned = Math.max(report.orphaned, open.orphaned)
  }

  async function race(gateway: Started): Promise<void> {
    const key = tokenOf(state)
    await Promise.all(Array.from({ length: requests }, async () => {
      const response = await fetch(`${gateway.ready.url}/v1/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify({ model: 'nexus', messages: [{ role: 'user', content: 'hello' }] }) }).catch(() => undefined)
      const text = await response?.text().catch(() => '')
      if (response?.ok) report.answered++
      else if (text?.includes('insufficient_quota')) report.refused++
    }))
  }

  try {
    for (; round < times; round++) {
      settings(state, provider.url, round)
      const first = await started([], { state })
      await check(first)
      const until = book.length + Math.floor(random() * 12)
      const racing = race(first)
      for (let n = 0; book.length < until && n < 3_000; n++) await Promise.race([sleep(1), racing])
      await first[Symbol.asyncDispose]()
      await racing
      await using second = await started([], { state })
      await check(second)
      await race(second)
      await check(second)
      report.rounds++
    }
    return { ...report, served: book.length }
  } finally {
    await provider.close()
    rmSync(state, { recursive: true, force: true })
  }
}

/** A budget of its own for each round: the clock of a whole gateway is the machine's. */
function settings(state: string, baseUrl: string, round: number): void {
  for (const file of ['boots.json', 'quarantine.json', 'running']) rmSync(join(state, 'config', file), { force: true })
  writeFileSync(join(state, 'nexus.json5'), JSON.stringify({
    plugins: ['cost'],
    cost: { budgets: [{ id: `round-${round}`, per: 'day', usd: 10 * callUsd }], timeZone: 'UTC' },
    models: { catalogue: { 'openai-compatible/m1': { price: { input: 0, output: usdPerMillion }, maxOutput: answer } } },
    'provider-openai-compatible': { baseUrl, models: [{ id: 'm1' }] },
    agent: { defaults: { system: 'Be brief.', bootstrap: { files: [] } } },
  }), { mode: 0o600 })
}

const tokenOf = (state: string): string => readFileSync(join(state, 'auth', 'token'), 'utf8').trim()
