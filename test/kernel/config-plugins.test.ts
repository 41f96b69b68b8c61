import { homedir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchored, select, splitList } from '../../kernel/config/plugins.ts'

describe('the list of plugins', () => {
  const defaults = ['store', 'auth', 'chat']
  it.each<[string, string[], string[], string[]]>([
    ['adds', ['cron', '/p.ts'], [], ['store', 'auth', 'chat', 'cron', '/p.ts']],
    ['adds once', ['cron', 'chat', 'cron'], [], ['store', 'auth', 'chat', 'cron']],
    ['leaves out', ['-chat'], [], ['store', 'auth']],
    ['empties', ['cron', '-*', 'chat'], [], ['chat']],
    ['takes back', ['-chat', 'chat'], [], ['store', 'auth', 'chat']],
    ['turns on what has settings', [], ['cron'], ['store', 'auth', 'chat', 'cron']],
    ['does not turn on what was named with a dash', ['-cron'], ['cron'], ['store', 'auth', 'chat']],
    ['turns nothing on once it was emptied', ['-*', 'store'], ['cron'], ['store']],
  ])('%s', (_, edits, configured, entries) => {
    expect(select(edits, defaults, configured).entries).toEqual(entries)
  })

  it('keeps what was left out, for plugins whose id is not known yet', () => {
    expect(select(['/p.ts', '-hello'], defaults, []).without).toEqual(['hello'])
  })

  it('has paths from where it was written', () => {
    expect(anchored(['./a.ts', '../b', '-./c.ts', '/d', 'cron', '@acme/x', '~/e'], '/etc/nexus')).toEqual(['/etc/nexus/a.ts', '/etc/b', '-/etc/nexus/c.ts', '/d', 'cron', '@acme/x', join(homedir(), 'e')])
    expect(splitList(' cron, ./c.ts ,,-chat')).toEqual(['cron', './c.ts', '-chat'])
  })

  it('never holds a plugin that was left out last, nor one twice', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd')
    const edit = fc.oneof(id, id.map((x) => `-${x}`), fc.constant('-*'))
    fc.assert(fc.property(fc.array(edit), fc.array(id), (edits, configured) => {
      const { entries } = select(edits, ['a', 'b'], configured)
      expect(new Set(entries).size).toBe(entries.length)
      for (const x of ['a', 'b', 'c', 'd']) {
        const last = edits.findLast((e) => e === x || e === `-${x}` || e === '-*')
        if (last === x) expect(entries).toContain(x)
        if (last === `-${x}` || last === '-*') expect(entries).not.toContain(x)
      }
    }))
  })
})
