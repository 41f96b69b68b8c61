/** U4: disposers run once, last in first out, one at a time, each bounded; their errors are collected and none is skipped. */
import { expect, test } from 'vitest'
import { NexusError } from 'nexus-gateway/sdk'
import { holds } from './world.ts'

test('every disposer of every life runs, in reverse order, once', async () => {
  await holds({
    closed(world) {
      const said = world.logs.flatMap(({ fields }) => (fields?.['error'] instanceof NexusError ? [fields['error']] : []))
      for (const life of world.lives) {
        // A setup that outlived its deadline may have registered nothing yet, and never more than it did.
        const reversed = [...life.disposers].reverse()
        expect(reversed.map(({ label, started }) => [label, started.length])).toEqual(reversed.map(({ label }) => [label, 1]))
        const starts = reversed.map(({ started }) => started[0]!)
        expect(starts).toEqual([...starts].sort((a, b) => a - b))
        reversed.forEach(({ kind, ended, label }, i) => {
          const codes = said.filter(({ data }) => data['what'] === label && data['plugin'] === life.id).map(({ code }) => code)
          // On a busy machine even a short one may run into its deadline; then that is what must be said.
          const [code] = codes
          if (kind === 'hangs') expect(codes).toEqual(['NEXUS_SCOPE_STUCK'])
          else if (kind === 'throws') expect(codes).toEqual(['NEXUS_SCOPE_DISPOSER'])
          else if (kind === 'rejects') expect(codes).toHaveLength(1)
          else if (code) expect(codes).toEqual(['NEXUS_SCOPE_STUCK'])
          else expect(ended).toBeLessThan(starts[i + 1] ?? Infinity)
        })
      }
    },
  }, { seed: 4 })
})
