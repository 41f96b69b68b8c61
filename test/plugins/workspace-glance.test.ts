/** Whether files have changed, told without reading them. */
import { mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createGlance } from '../../plugins/workspace/glance.ts'

const made: string[] = []
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'nexus-glance-'))
  made.push(path)
  return path
}
afterAll(() => made.forEach((path) => rmSync(path, { recursive: true, force: true })))
const names = ['A.md', 'B.md']

describe('a glance at files', () => {
  it('is the same as long as they are', async () => {
    const [root, glance] = [folder(), createGlance()]
    writeFileSync(join(root, 'A.md'), 'one')
    expect(await glance(root, names)).toBe(await glance(root, names))
    expect(await glance(join(root, 'none'), names)).toBeUndefined()
    expect(await glance(join(root, 'A.md'), names)).toContain('ENOTDIR')
  })

  const changes: [string, (root: string) => void][] = [
    ['written', (root) => writeFileSync(join(root, 'A.md'), 'other text')],
    ['made', (root) => writeFileSync(join(root, 'B.md'), '')],
    ['removed', (root) => rmSync(join(root, 'A.md'))],
    ['replaced by one of the same size and time', (root) => {
      writeFileSync(join(root, 'new'), 'two')
      utimesSync(join(root, 'new'), 1, 1)
      renameSync(join(root, 'new'), join(root, 'A.md'))
    }],
    ['replaced by a link to what it was', (root) => {
      renameSync(join(root, 'A.md'), join(root, 'old'))
      symlinkSync(join(root, 'old'), join(root, 'A.md'))
    }],
  ]
  it.each(changes)('tells that one was %s', async (_, change) => {
    const [root, glance] = [folder(), createGlance()]
    writeFileSync(join(root, 'A.md'), 'one')
    utimesSync(join(root, 'A.md'), 1, 1)
    const before = await glance(root, names)
    change(root)
    expect(await glance(root, names)).not.toBe(before)
  })

  it('tells that the folder is another one', async () => {
    const [root, other, glance] = [folder(), folder(), createGlance()]
    const link = join(root, 'link')
    symlinkSync(other, link)
    const before = await glance(link, names)
    rmSync(link)
    symlinkSync(root, link)
    expect(await glance(link, names)).not.toBe(before)
  })

  it('is never of a moment before it was asked for, and one look serves all who wait for it', async () => {
    const looks: (() => void)[] = []
    let content = 'one'
    const glance = createGlance(async () => {
      const seen = content
      await new Promise<void>((resolve) => { looks.push(resolve) })
      return seen
    })
    const first = glance('/r', names)
    content = 'two'
    const later = [glance('/r', names), glance('/r', names), glance('/r', names)]
    looks[0]!()
    expect(await first).toBe('one')
    await new Promise(setImmediate)
    expect(looks).toHaveLength(2)
    content = 'three'
    const last = glance('/r', names)
    looks[1]!()
    expect(await Promise.all(later)).toEqual(['two', 'two', 'two'])
    await new Promise(setImmediate)
    expect(looks).toHaveLength(3)
    looks[2]!()
    expect(await last).toBe('three')
  })
})
