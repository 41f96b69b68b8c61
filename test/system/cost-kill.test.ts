/** A budget holds while everything asks at once and the gateway dies. The full form: `node test/system/cost-kill.mjs 1000 SEED`. */
import { expect, test } from 'vitest'
import { killLedger } from './cost-kill.ts'

const times = process.env['NEXUS_TEST_FULL'] ? 1_000 : 12

test(`over ${times} runs of 200 calls with kills, no budget is exceeded, and the ledger knows what the provider has served`, async () => {
  const { kills, served, refused, most, estimated } = await killLedger({ times, seed: 20_261_123 })
  // It would prove nothing otherwise.
  expect(kills).toBeGreaterThanOrEqual(times)
  expect(served).toBeGreaterThan(times * 5)
  expect(refused).toBeGreaterThan(times * 50)
  expect(most).toBe(10)
  expect(estimated).toBeGreaterThan(0)
}, times * 15_000)
