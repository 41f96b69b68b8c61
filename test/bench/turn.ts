import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundled, startControl, startNexus } from './processes.ts'
import type { Scenario } from './row.ts'
import { interleave, median } from './stats.ts'
import { open } from './wire.ts'

/** One turn of a session that is there already, over a provider on loopback that answers in 12 chunks, with and without the gateway in between. */
export const turn: Scenario = async () => {
  await using mock = await startControl(await bundled('mock'))
  const baseUrl = `http://127.0.0.1:${mock.port}/v1`
  const state = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  await writeFile(join(state, 'nexus.json5'), JSON.stringify({
    'provider-openai-compatible': { baseUrl, models: [{ id: 'm1' }] },
  }))
  try {
    await using nexus = await startNexus({ state })
    const wire = await open(nexus.port, nexus.token)
    let turns = 0
    const through = async (): Promise<number> => {
      const started = performance.now()
      const done = new Promise<void>((resolve, reject) => {
        wire.onEvent = ({ event, payload }) => {
          if (event !== 'chat' || payload['state'] === 'delta') return
          if (payload['state'] === 'final') resolve()
          else reject(new Error(JSON.stringify(payload)))
        }
      })
      await wire.send('chat.send', { sessionKey: `bench-${turns % 10}`, message: 'hello', idempotencyKey: `bench-${turns++}` })
      await done
      return performance.now() - started
    }
    const direct = async (): Promise<number> => {
      const started = performance.now()
      const response = await fetch(`${baseUrl}/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'm1', stream: true, stream_options: { include_usage: true }, messages: [{ role: 'user', content: 'hello' }] }) })
      await response.text()
      return performance.now() - started
    }
    for (let i = 0; i < 10; i++) await through()
    const taken = await interleave(60, through, direct)
    wire.close()
    return [{ id: 'turn', what: 'agent turn over a local mock provider (12 chunks): time added, p50', value: median(taken.a) - median(taken.b), unit: 'ms', target: 15, better: 'less', control: 'the mock, direct', figures: { throughMs: median(taken.a), directMs: median(taken.b) } }]
  } finally {
    await rm(state, { recursive: true, force: true })
  }
}
