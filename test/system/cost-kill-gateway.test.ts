/** The whole gateway under the race of `cost-kill.test.ts`: over HTTP, with the plugins as they are. */
import { expect, test } from 'vitest'
import { killGateway } from './cost-kill-gateway.ts'

const times = process.env['NEXUS_TEST_FULL'] ? 50 : 2

test(`over ${times} rounds of 200 requests with kills, the provider never serves more than the budget, and never more than the ledger knows`, async () => {
  const { served, refused, most } = await killGateway({ times, seed: 20_261_123 })
  // It would prove nothing otherwise.
  expect(most).toBeGreaterThanOrEqual(5)
  expect(served).toBeGreaterThanOrEqual(times * 5)
  expect(refused).toBeGreaterThan(times * 20)
}, times * 120_000)
