import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { catchFaults, ownerOf } from '../../../kernel/cli/crash.ts'
import { fail } from '../../../kernel/errors.ts'

const places = [{ id: 'cron', place: '/p/cron' }, { id: 'hello', place: '/p/hello.ts' }, { id: 'inner', place: '/p/cron/node_modules/inner' }]
function thrown(...frames: string[]): Error {
  const error = new Error('x')
  error.stack = ['Error: x', ...frames.map((frame) => `    at ${frame}`)].join('\n')
  return error
}

test.each([
  ['a file below the plugin\'s folder', thrown('run (/p/cron/deep/part.ts:1:2)'), 'cron'],
  ['a file URL', thrown('async run (file:///p/cron/a%20b.js:1:2)'), 'cron'],
  ['a frame without a name', thrown('/p/hello.ts:3:4'), 'hello'],
  ['a frame after foreign ones', thrown('node:internal/timers:1:2', 'f (/k/kernel.ts:1:1)', 'Timeout._onTimeout (/p/hello.ts:1:1)'), 'hello'],
  ['the highest of several', thrown('f (/p/cron/a.ts:1:1)', 'g (/p/hello.ts:1:1)'), 'cron'],
  ['the deepest folder that fits', thrown('f (/p/cron/node_modules/inner/a.js:1:1)'), 'inner'],
  ['a name that only begins alike', thrown('f (/p/cronos/a.ts:1:1)'), undefined],
  ['a file beside a plugin that is one file', thrown('f (/p/helper.ts:1:1)'), undefined],
  ['an error that names its plugin', fail('NEXUS_PLUGIN_SETUP_FAILED', { plugin: 'hello', reason: '' }), 'hello'],
  ['an error that names a plugin that does not run', fail('NEXUS_PLUGIN_SETUP_FAILED', { plugin: 'gone', reason: '' }), undefined],
  ['a cause', Object.assign(thrown('f (/k/kernel.ts:1:1)'), { cause: thrown('g (/p/hello.ts:1:1)') }), 'hello'],
  ['text in the message that looks like a frame', Object.assign(new Error('at f (/p/hello.ts:1:1)'), { stack: 'Error: at f (/p/hello.ts:1:1)\n    at g (/k/a.ts:1:1)' }), undefined],
  ['no stack', Object.assign(new Error('x'), { stack: undefined }), undefined],
  ['no error', 'oops', undefined],
  ['nothing', undefined, undefined],
])('%s', (_, error, owner) => {
  expect(ownerOf(error, places)).toBe(owner)
})

test('causes in a circle end', () => {
  const [a, b] = [thrown('f (/k/a.ts:1:1)'), thrown('f (/k/b.ts:1:1)')]
  a.cause = b
  b.cause = a
  expect(ownerOf(a, places)).toBe(undefined)
})

test('a plugin behind a symbolic link is known by its real place', () => {
  const dir = mkdtempSync(join(tmpdir(), 'nexus-crash-'))
  mkdirSync(join(dir, 'real'))
  symlinkSync(join(dir, 'real'), join(dir, 'link'))
  expect(ownerOf(thrown(`f (${pathToFileURL(join(dir, 'real', 'a.ts')).href}:1:1)`), [{ id: 'linked', place: join(dir, 'link') }])).toBe('linked')
  rmSync(dir, { recursive: true })
})

const others = { uncaughtException: process.listeners('uncaughtException'), unhandledRejection: process.listeners('unhandledRejection') }
afterEach(() => {
  expect(process.listeners('uncaughtException')).toEqual(others.uncaughtException)
  expect(process.listeners('unhandledRejection')).toEqual(others.unhandledRejection)
})

test('faults go to their plugin or end the process, and the handlers can be given back', () => {
  const told: unknown[] = []
  const stop = catchFaults({ places: () => places, onFault: (...fault) => told.push(fault), onFatal: (...fatal) => told.push(fatal) })
  const [uncaught, unhandled] = [process.listeners('uncaughtException').at(-1)!, process.listeners('unhandledRejection').at(-1)!]
  const [mine, nobodys] = [thrown('f (/p/cron/a.ts:1:1)'), thrown('f (/k/a.ts:1:1)')]
  uncaught(mine, 'uncaughtException')
  unhandled(mine, Promise.resolve())
  uncaught(nobodys, 'uncaughtException')
  unhandled('oops', Promise.resolve())
  const ours = fail('NEXUS_CALL_DENIED', { missing: 'operator.admin' })
  unhandled(ours, Promise.resolve())
  stop()
  expect(told).toEqual([
    ['cron', 'an uncaught exception', mine], ['cron', 'an unhandled rejection', mine], ['an uncaught exception', nobodys], ['an unhandled rejection', 'oops'],
    // Nobody looked at it, but it left nothing half done.
    ['kernel', 'an unhandled rejection', ours],
  ])
})
