/** A gateway that is killed at random instants of its runs keeps its word. The full form: `node test/system/runs-kill.mjs 500 SEED`. */
import { expect, test } from 'vitest'
import { killRuns } from './runs-kill.ts'

const times = process.env['NEXUS_TEST_FULL'] ? 500 : 8

test(`killed ${times} times, nothing acknowledged is lost, nothing is done twice, and what was cut off says so`, async () => {
  const { acknowledged, effects, cutOff } = await killRuns({ times, seed: 20_261_123 })
  // It would prove nothing otherwise.
  expect(acknowledged).toBeGreaterThan(times)
  expect(effects).toBeGreaterThan(0)
  expect(cutOff).toBeGreaterThan(0)
}, times * 10_000)
