/** The pure parts: what differs, what is replaced, what matches, what a page says. */
import { open } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { diffOf } from '../../plugins/workspace/diff.ts'
import { edited } from '../../plugins/workspace/edit.ts'
import { pathMatches } from '../../plugins/workspace/glob.ts'
import { pageText } from '../../plugins/workspace/html.ts'
import { linesFrom } from '../../plugins/workspace/lines.ts'
import { createQueue } from '../../plugins/workspace/queue.ts'
import { place } from './workspace-harness.ts'

describe('a diff', () => {
  test('shows what changed with three lines around it', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\n'
    expect(diffOf(before, before.replace('e', 'E'))).toBe('@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h')
    expect(diffOf('', 'new')).toBe('@@ -0,0 +1,1 @@\n+new')
    expect(diffOf('same', 'same')).toBe('')
  })

  it('leads from the one text to the other, hunk by hunk', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 30 }).map((lines) => lines.join('\n')).filter((one) => one !== '')
    fc.assert(fc.property(text, text, (before, after) => { expect(patched(before, diffOf(before, after))).toBe(after) }), { numRuns: 2_000 })
  })

  it('is there for a million lines too', () => {
    expect(diffOf('a\n'.repeat(500_000), 'b\n'.repeat(500_000)).split('\n').at(-1)).toBe('… more lines')
    const million = 'a\n'.repeat(500_000)
    expect(diffOf(`${million}b\n${million}`, `${million}c\n${million}`)).toBe('@@ -499998,7 +499998,7 @@\n a\n a\n a\n-b\n+c\n a\n a\n a')
  })

  it('stays small for texts that have nothing in common', () => {
    const lines = (mark: string): string => Array.from({ length: 5_000 }, (_, at) => `${mark}${at}`).join('\n')
    expect(diffOf(lines('a'), lines('b')).split('\n')).toHaveLength(401)
  })

  function patched(before: string, diff: string): string {
    const old = before.split('\n')
    const result: string[] = []
    let at = 0
    for (const line of diff === '' ? [] : diff.split('\n')) {
      const header = /^@@ -(\d+),(\d+) /.exec(line)
      if (header) {
        const start = header[2] === '0' ? Number(header[1]) : Number(header[1]) - 1
        while (at < start) result.push(old[at++]!)
      } else if (line[0] === '+') result.push(line.slice(1))
      else {
        expect(old[at]).toBe(line.slice(1))
        if (line[0] === ' ') result.push(old[at]!)
        at++
      }
    }
    return [...result, ...old.slice(at)].join('\n')
  }
})

test.each<[string, string, string, boolean, unknown]>([
  ['a b c', 'b', 'x', false, { text: 'a x c', count: 1 }],
  ['a b b', 'b', 'x', false, { problem: 'several' }],
  ['a b b', 'b', 'x', true, { text: 'a x x', count: 2 }],
  ['a', 'b', 'x', true, { problem: 'none' }],
  ['a', 'a', 'a', false, { problem: 'same' }],
  ['a\r\nb\r\n', 'a\nb', 'c\nd', false, { text: 'c\r\nd\r\n', count: 1 }],
  ['$&', '$&', '$1', false, { text: '$1', count: 1 }],
])('an edit of %j', (text, old, now, all, expected) => expect(edited(text, old, now, all)).toEqual(expected))

describe('a glob', () => {
  test.each<[string, string, boolean]>([
    ['*.ts', 'src/a.ts', true], ['*.ts', 'a.tsx', false], ['src/*.ts', 'src/a/b.ts', false], ['src/**/*.ts', 'src/a.ts', true], ['src/**/*.ts', 'src/a/b/c.ts', true], ['**/b/**', 'a/b/c', true], ['**', 'a/b', true],
    ['a?c', 'abc', true], ['a?c', 'ac', false], ['./src/*', 'src/a', true], ['src/', 'src', true], ['[a]', '[a]', true], ['.*', '.env', true],
  ])('%s and %s: %s', (glob, path, fits) => expect(pathMatches(glob, path)).toBe(fits))

  it('matches as a regular expression would, and is quick where one is not', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 })
    const part = fc.oneof(fc.constant('**'), fc.string({ unit: fc.constantFrom('a', '*', '?'), minLength: 1, maxLength: 3 }).filter((one) => one !== '**'))
    fc.assert(fc.property(fc.array(part, { minLength: 2, maxLength: 4 }), fc.array(name, { minLength: 1, maxLength: 5 }), (parts, names) => {
      const source = parts.map((one) => (one === '**' ? '(?:[^/]+/)*' : `${one.replace(/\*+/g, '[^/]*').replace(/\?/g, '[^/]')}/`)).join('')
      expect(pathMatches(parts.join('/'), names.join('/'))).toBe(new RegExp(`^${source}$`).test(`${names.join('/')}/`))
    }), { numRuns: 3_000 })
    expect(pathMatches(`${'**/a*a*a*'.repeat(20)}b`, `${'aaaa/'.repeat(40)}c`)).toBe(false)
  })
})

describe('lines', () => {
  it('are those of the file from the one that was asked for, wherever its pieces are cut', async () => {
    const here = place()
    const file = join(here.root, 'f')
    const line = fc.oneof(fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\t'), maxLength: 6 }), fc.integer({ min: 0, max: 1 }).map((n) => 'x'.repeat(65_530 + n * 7)))
    await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.boolean(), async (lines, from, limit, ends) => {
      writeFileSync(file, lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''))
      const handle = await open(file)
      try {
        const all = lines.length > 0 && lines.at(-1) === '' && !ends ? lines.slice(0, -1) : lines
        const window = await linesFrom(handle, { from, limit, maxChars: 1_000_000, signal: new AbortController().signal })
        expect(window?.lines).toEqual(all.slice(from - 1, from - 1 + limit).map((one) => (one.length > 2_000 ? `${one.slice(0, 2_000)} […]` : one)))
        expect(window?.more).toBe(all.length > from - 1 + limit)
      } finally {
        await handle.close()
      }
    }), { numRuns: 150 })
  })

  test.each<[string, Buffer]>([['NULs', Buffer.from('a\0b')], ['no UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62])]])('with %s are none', async (_, bytes) => {
    const here = place()
    writeFileSync(join(here.root, 'f'), bytes)
    const handle = await open(join(here.root, 'f'))
    expect(await linesFrom(handle, { from: 1, limit: 9, maxChars: 99, signal: new AbortController().signal })).toBeUndefined()
    await handle.close()
  })
})

describe('a page', () => {
  const text = (html: string): string => pageText(html, 'https://example.com/dir/page').text
  test.each<[string, string]>([
    ['<p>Hello <b>world</b>!</p><p>Second&nbsp;one &amp; &#x41;&#66;&lt;b&gt;</p>', 'Hello world!\n\nSecond one & AB<b>'],
    ['<h2>Head</h2><ul><li>one<li>two</ul>', '## Head\n\n- one\n- two'],
    ['<a href="../other?a=1&amp;b=2">there</a> <a href="javascript:alert(1)">no</a> <a href=#top>top</a>', 'there (https://example.com/other?a=1&b=2) no top'],
    ['a<script>alert("<p>no</p>")</script>b<style>p{}</style>c<!-- no <p> -->d<template><p>no</template>e', 'abcde'],
    ['<SCRIPT>no</SCRIPT >yes', 'yes'],
    ['<img src=x alt="A &quot;cat&quot;"> <img src=y>', '[image: A "cat"]'],
    ['<pre>a\n  b</pre>', 'a\n  b'],
    ['1 < 2 and 3 > 2 <3', '1 < 2 and 3 > 2 <3'],
    ['<p title="a > b">text</p>', 'text'],
    ['<p title="open>text</p>more', 'text\n\nmore'],
    ['<script>never closed', ''],
    ['<!-- never closed', ''],
    ['&#0;&#xD800;&bogus;&constructor;', '\ufffd\ufffd&bogus;&constructor;'],
  ])('%s', (html, expected) => expect(text(html).replace(/ +/g, (gap) => (html.includes('<pre>') ? gap : ' '))).toBe(expected))

  it('has the title of its head', () => expect(pageText('<html><head><title> A &amp;\n B </title></head><title>no</title>', 'https://e.com').title).toBe('A & B'))

  it('is read in time that grows with its length, whatever it holds', () => {
    const million = 1_000_000
    for (const piece of ['<', '<a', '<a href="', '<!--', '</', '&', '&#', '<p title="', '<script', '<b>', '\n ', '<a href=x>y</a>', '<title>']) {
      const started = process.cpuUsage()
      pageText(piece.repeat(million / piece.length), 'https://example.com')
      expect(process.cpuUsage(started).user / 1e6, piece).toBeLessThan(20)
    }
  })

  it.each<[string, (chars: number) => string]>([
    ['spaces that are kept', (chars) => `<pre>${' '.repeat(chars)}x`],
    ['spaces between tags', (chars) => `${'<i> '.repeat(chars / 4)}x`],
    ['ends of links that never began', (chars) => 'x<b>'.repeat(chars / 8) + '</a>'.repeat(chars / 8)],
  ])('takes no more than twice the work for twice as many %s', (_, page) => {
    const started = process.cpuUsage()
    pageText(page(1_000_000), 'https://example.com')
    // By the square it would be minutes.
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(10)
  })

  it('of any text is a text', () => {
    const piece = fc.oneof(fc.constantFrom('<', '>', '"', '<p>', '</p>', '<a href="', '<script>', '</script>', '&amp', ';', '<!--', '-->', '<pre>', '<title>', '</title>'), fc.string({ maxLength: 5 }))
    fc.assert(fc.property(fc.array(piece, { maxLength: 20 }).map((all) => all.join('')), (html) => { expect(typeof text(html)).toBe('string') }))
  })
})

test('a queue runs one after the other for each key, also after a failure', async () => {
  const queue = createQueue()
  const log: string[] = []
  const work = (name: string, fails = false) => async () => {
    log.push(`${name} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    log.push(`${name} ends`)
    if (fails) throw new Error(name)
  }
  const [first] = await Promise.allSettled([queue('a', work('1', true)), queue('a', work('2')), queue('b', work('3'))])
  expect(first).toMatchObject({ status: 'rejected' })
  expect(log.indexOf('3 begins')).toBeLessThan(log.indexOf('1 ends'))
  expect(log.filter((entry) => !entry.startsWith('3'))).toEqual(['1 begins', '1 ends', '2 begins', '2 ends'])
})
