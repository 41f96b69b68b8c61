import { describe, expect, test } from 'vitest'
import type { HealthSnapshot, Status } from '../../plugins/health/contract.ts'
import { reasonsOf } from '../../plugins/health/loop.ts'
import { colour, noColour } from 'nexus-gateway/sdk'
import { duration, healthScreen, isWell, statusScreen } from '../../plugins/health/screen.ts'

const eventLoop = { degraded: false, degradedSinceMs: null, reasons: [], intervalMs: 1000, delayP99Ms: 1.234, delayMaxMs: 2, utilization: 0.05, cpuCoreRatio: 0.04 }
const status: Status = {
  runtimeVersion: '0.1.0', mode: 'degraded', reasons: ['plugin "irc" failed\u001b[2J'], phase: 'ready', startedAt: 0, uptimeMs: 7_384_000, pid: 42, node: '20.20.2',
  memory: { rssBytes: 84_200_000, heapUsedBytes: 21_000_000, heapTotalBytes: 30_000_000, externalBytes: 1 }, eventLoop,
  plugins: [{ id: 'auth', state: 'active' }, { id: 'chat', state: 'active' }, { id: 'irc', state: 'failed', error: 'x' }],
  connections: 2, sessions: { path: '/s', count: 3, recent: [{ key: 'agent:main:main', updatedAt: 1, age: 200_000 }] },
}

test('nexus status is one screen', () => {
  expect(statusScreen(status, noColour)).toBe([
    'nexus 0.1.0  degraded',
    'up 2 h 3 min, pid 42, Node 20.20.2',
    '',
    '  plugins     2 active, 1 failed (irc)',
    '  clients     2 connected',
    '  sessions    3, the last active 3 min 20 s ago',
    '  memory      84 MB, 21 MB of it heap',
    '  event loop  p99 1.2 ms late, 5 % busy',
    '',
    '  ! plugin "irc" failed [2J',
  ].join('\n'))
})

test('budgets show what is left and when they begin anew, five at most', () => {
  const budget = { id: 'agent/day', of: 'coder\u001b[2J', per: 'day', limit: { usd: 0.5, tokens: 10_000 }, left: { usd: 0.0123, tokens: 9_000 }, percent: 97, resetsAt: Date.UTC(2026, 0, 1, 23), timeZone: 'Europe/Berlin' }
  const lines = statusScreen({ ...status, budgets: [budget, { ...budget, id: 'global/run', of: undefined, limit: { tokens: 5 }, left: { tokens: 5 }, resetsAt: null }, ...Array.from({ length: 9 }, () => budget)] }, noColour).split('\n')
  const shown = lines.filter((line) => line.includes('left of'))
  expect(shown).toHaveLength(5)
  expect(shown.slice(0, 2)).toEqual([
    '  budgets     agent/day (coder [2J): $0.0123 left of $0.5 and 9,000 left of 10,000 tokens, resets 2026-01-02 00:00 CET',
    '              global/run: 5 left of 5 tokens',
  ])
})

test('colours are there only when wanted', () => {
  // oxlint-disable-next-line no-control-regex
  expect(statusScreen(status, colour)).toMatch(/\u001b\[33m/)
  expect(statusScreen(status, noColour)).not.toContain('\u001b')
})

describe('nexus health', () => {
  const plugins = { loaded: ['auth'], errors: [], unavailable: [] }
  const health = (over: Partial<HealthSnapshot['plugins']> = {}): HealthSnapshot => ({ plugins: { ...plugins, ...over }, eventLoop }) as unknown as HealthSnapshot
  test('says ok', () => expect(healthScreen(health(), noColour)).toBe('ok  1 plugins, event loop p99 1.2 ms late, 5 % busy'))
  test('says what is amiss', () => {
    const bad = health({ errors: [{ id: 'irc', origin: 'builtin', activated: false, error: 'plugin "irc" failed' }] })
    expect(isWell(bad)).toBe(false)
    expect(healthScreen(bad, noColour)).toContain('  ! plugin "irc" failed')
  })
})

test.each([[0, '0 s'], [59_999, '59 s'], [60_000, '1 min'], [3_661_000, '1 h 1 min'], [86_400_000 * 3 + 5_000, '3 d 5 s']])('%i ms read as %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test('the event loop is degraded by delay, by use, by the processor', () => {
  const well = { delayP99Ms: 20, utilization: 0.5, cpuCoreRatio: 0.5 }
  expect(reasonsOf(well)).toEqual([])
  expect(reasonsOf({ ...well, delayP99Ms: 250 })).toEqual(['event_loop_delay'])
  expect(reasonsOf({ ...well, utilization: 1 })).toEqual(['event_loop_utilization'])
  expect(reasonsOf({ ...well, cpuCoreRatio: 1.2 })).toEqual(['cpu'])
})
