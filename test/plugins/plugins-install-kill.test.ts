import { expect, test } from 'vitest'
import { killLoop } from './plugins-install-kill.ts'

test('an install that is killed at any instant leaves the old or the new plugin, whole, and nothing that doctor cannot remove', async () => {
  const { killed, finished } = await killLoop({ times: 8, seed: 4_711 })
  expect(killed + finished).toBe(8)
  expect(killed).toBeGreaterThan(0)
}, 180_000)
