/** Every error has a test that makes it happen, and no two have one code. */
import { expect, it } from 'vitest'
import { sourcesOf } from './sources.ts'

const declared = sourcesOf('kernel', 'sdk', 'plugins').flatMap(({ path, text }) => [...text.matchAll(/^ {2}(NEXUS(?:_[A-Z0-9]+)+): \{/gm)].map(([, code]) => ({ code: code!, path })))
const tests = sourcesOf('test').filter(({ path }) => !path.startsWith('test/check/')).map(({ text }) => text).join('\n')

it('is met in a test', () => {
  const met = new Set(tests.match(/NEXUS(_[A-Z0-9]+)+/g))
  expect(declared.filter(({ code }) => !met.has(code)).map(({ code, path }) => `${code} of ${path}`)).toEqual([])
})

it('has a code of its own', () => {
  const codes = declared.map(({ code }) => code)
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([])
})
