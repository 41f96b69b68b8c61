/** The parts of installing that only think: specs, versions, names, and the list in the settings. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { select } from '../../kernel/config/plugins.ts'
import { absoluteSpec } from '../../plugins/plugins/install/ask.ts'
import { listed, unlisted } from '../../plugins/plugins/install/config-list.ts'
import { askedBy, moreThan } from '../../plugins/plugins/install/grant.ts'
import { isOneAway, mistakenFor } from '../../plugins/plugins/install/names.ts'
import { isPackageName, isRange, parseSpec, specText } from '../../plugins/plugins/install/spec.ts'
import { compareVersions } from '../../plugins/plugins/install/version.ts'
import { parseManifest } from '../../kernel/manifest.ts'

describe('specs', () => {
  test.each([
    ['nexus-weather', { kind: 'npm', name: 'nexus-weather', range: '' }],
    ['nexus-weather@^1.2', { kind: 'npm', name: 'nexus-weather', range: '^1.2' }],
    ['nexus-weather@>=1 <3 || 5.x', { kind: 'npm', name: 'nexus-weather', range: '>=1 <3 || 5.x' }],
    ['@acme/crm@latest', { kind: 'npm', name: '@acme/crm', range: 'latest' }],
    ['chart.js', { kind: 'npm', name: 'chart.js', range: '' }],
    ['/a/b.tgz', { kind: 'path', path: '/a/b.tgz' }],
    ['file:/a/b', { kind: 'path', path: '/a/b' }],
    ['file:///a/b', { kind: 'path', path: '/a/b' }],
    ['git+https://git.example.org/a.git', { kind: 'git', url: 'https://git.example.org/a.git', ref: undefined }],
    ['https://git.example.org/a.git#v1', { kind: 'git', url: 'https://git.example.org/a.git', ref: 'v1' }],
    ['git+ssh://git@git.example.org/a.git#main', { kind: 'git', url: 'ssh://git@git.example.org/a.git', ref: 'main' }],
    ['git+file:///a/b#0123abc', { kind: 'git', url: 'file:///a/b', ref: '0123abc' }],
  ])('%s', (text, spec) => { expect(parseSpec(text)).toEqual(spec) })

  test.each(['', ' ', '@x/../../../..', '../x', './x', '-g', '--registry=http://x', 'Weather', 'a@npm:b', 'a@file:../b', 'a@https://example.org/b.tgz', 'a@user/repo', 'a/b', 'a b', 'a\nb', 'https://example.org/a.tgz', 'http://example.org/a.git', 'git://example.org/a', 'git+http://example.org/a', 'git+ext::sh -c x', 'git+https://x/a#--upload-pack=x', 'git+https://x/a#a..b', 'git+https://x/a#b#c', 'git+file://host/a', 'git+https://me:secret@x/a', 'git+https://token@x/a', 'git+ssh://me:secret@x/a', 'git+ssh://-oProxyCommand=x/a', 'git+ssh://a@-oProxyCommand=x/a', 'github:a/b', 'a@-1', '@a', 'node_modules/x', '.hidden', 'x'.repeat(3_000)])('not %j', (text) => {
    expect(() => parseSpec(text)).toThrow(expect.objectContaining({ code: 'NEXUS_PLUGINS_SPEC' }))
  })

  test('whatever is given: refused, or something whose parts are fit to be given to a program', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl().map((url) => `git+${url}`), fc.string().map((text) => `@a/${text}`), fc.string().map((text) => `a@${text}`), fc.string().map((text) => `/${text}`)), (text) => {
      let spec
      try {
        spec = parseSpec(text)
      } catch (error) {
        expect(error).toMatchObject({ code: 'NEXUS_PLUGINS_SPEC' })
        return
      }
      if (spec.kind === 'npm') expect(isPackageName(spec.name) && isRange(spec.range) && !spec.range.startsWith('-')).toBe(true)
      if (spec.kind === 'git') expect(/^(https|ssh|file):\/\/[^-\s]/.test(spec.url) && !/:[^/]*:[^/]*@/.test(spec.url) && !spec.ref?.startsWith('-')).toBe(true)
      if (spec.kind === 'path') expect(spec.path.startsWith('/') && !spec.path.includes('\0')).toBe(true)
      expect(parseSpec(specText(spec))).toEqual(spec)
    }), { numRuns: 2_000 })
  })

  test('a path on the command line is from where it was typed', () => {
    expect(absoluteSpec('./a')).toBe(`${process.cwd()}/a`)
    expect(absoluteSpec('a-1.0.0.tgz')).toBe(`${process.cwd()}/a-1.0.0.tgz`)
    expect(absoluteSpec('~/a')).toMatch(/^\/.*\/a$/)
    expect(absoluteSpec('a@^1')).toBe('a@^1')
    expect(absoluteSpec('git+file:///a/b.git')).toBe('git+file:///a/b.git')
  })
})

describe('versions', () => {
  test('in the order of semantic versions', () => {
    const order = ['nonsense', '0.0.1', '0.9.9', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '2.0.0', '10.0.0']
    for (const [i, a] of order.entries()) for (const [j, b] of order.entries()) expect(Math.sign(compareVersions(a, b)), `${a} ${b}`).toBe(Math.sign(i - j))
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0)
  })
})

describe('names', () => {
  test('one letter away', () => {
    for (const [a, b] of [['weather', 'weathr'], ['weather', 'wheather'], ['weather', 'weathar'], ['weather', 'waether'], ['ab', 'a']] as const) expect([isOneAway(a, b), isOneAway(b, a)]).toEqual([true, true])
    for (const [a, b] of [['weather', 'weather'], ['weather', 'whether1'], ['abc', 'cba'], ['', 'ab']] as const) expect([isOneAway(a, b), isOneAway(b, a)]).toEqual([false, false])
  })
  const installed = [{ id: 'weather', name: 'nexus-weather' }, { id: 'crm', name: '@acme/crm' }]
  test.each([['nexus-wether', 'nexus-weather'], ['nexus_weather', 'nexus-weather'], ['nexusweather', 'nexus-weather'], ['nexus.weather', 'nexus-weather'], ['acme-crm', '@acme/crm'], ['@acne/crm', '@acme/crm'], ['nexus-gateway-journal', '@nexus-gateway/journal'], ['@nexus-gateway/journal', '@nexus-gateway/journal'], ['nexus-weather', undefined], ['nexus-whatever', undefined], ['something', undefined]])('%s is mistaken for %s', (name, other) => {
    expect(mistakenFor(name, installed, ['journal', 'auth'])).toBe(other)
  })
})

describe('the list in the settings', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'weather', './x.ts')
  const list = fc.array(fc.oneof(id, id.map((one) => `-${one}`), fc.constant('-*')), { maxLength: 8 })
  const enabled = (edits: readonly string[], defaults: readonly string[]): string[] => [...select(edits, defaults, []).entries].sort()

  test('whatever it says: turning on turns on, turning off turns off, nothing else changes, and twice is once', () => {
    fc.assert(fc.property(list, fc.subarray(['a', 'b', 'c']), fc.constantFrom('a', 'b', 'weather'), (edits, defaults, one) => {
      const others = (all: readonly string[]): string[] => all.filter((entry) => entry !== one)
      const [on, off] = [listed(edits, one), unlisted(edits, one, true)]
      expect(enabled(on, defaults)).toContain(one)
      expect(enabled(off, defaults)).not.toContain(one)
      for (const after of [on, off]) expect(others(enabled(after, defaults))).toEqual(others(enabled(edits, defaults)))
      expect([listed(on, one), unlisted(off, one, true)]).toEqual([on, off])
      if (!defaults.includes(one)) expect(enabled(unlisted(edits, one, false), defaults)).not.toContain(one)
    }), { numRuns: 1_000 })
  })
})

describe('what is asked for', () => {
  const asked = (nexus: object) => askedBy(parseManifest({ api: 1, id: 'x', entry: 'x.js', ...nexus }, 'x'), 'isolated')
  test('more is more, less is not', () => {
    const before = asked({ capabilities: ['net:a.example'], methods: { 'x.get': 'operator.read' }, requires: { store: { service: 'store/1', optional: false } } })
    expect(moreThan(before, before)).toBeUndefined()
    expect(moreThan(before, asked({}))).toBeUndefined()
    expect(moreThan(before, asked({ capabilities: ['net:a.example', 'run'] }))).toMatchObject({ capabilities: ['run'], methods: {} })
    expect(moreThan(before, asked({ methods: { 'x.get': 'public' } }))).toMatchObject({ methods: { 'x.get': 'public' } })
    expect(moreThan(before, asked({ routes: { 'GET /x': 'public' } }))).toMatchObject({ routes: { 'GET /x': 'public' } })
    expect(moreThan(before, asked({ requires: { other: { service: 'secrets/1', optional: true } } }))).toMatchObject({ requires: ['secrets/1'] })
    expect(moreThan(before, { ...before, tier: 'trusted' })).toMatchObject({ tier: 'trusted' })
    expect(moreThan({ ...before, tier: 'trusted' }, before)).toBeUndefined()
  })
})
