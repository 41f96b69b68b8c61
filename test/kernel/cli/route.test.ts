import { describe, expect, test } from 'vitest'
import { groupOf, misrouted, routeOf } from '../../../kernel/cli/route.ts'

const names = new Map(['start', 'call', 'logs', 'plugins list', 'plugins info', 'plugins why', 'cron', 'cron add'].map((name) => [name, 1]))

describe('the longest known name wins, and common options may stand anywhere', () => {
  test.each([
    ['start --port 1', 'start', ['--port', '1']],
    ['call ping {}', 'call', ['ping', '{}']],
    ['cron', 'cron', []],
    ['cron add x', 'cron add', ['x']],
    ['cron addd', 'cron', ['addd']],
    ['plugins list', 'plugins list', []],
    ['--json plugins list', 'plugins list', ['--json']],
    ['plugins --json list', 'plugins list', ['--json']],
    ['--url http://start plugins list', 'plugins list', ['--url', 'http://start']],
    ['--url=http://x --token-file f call ping', 'call', ['--url=http://x', '--token-file', 'f', 'ping']],
    ['call -- start', 'call', ['--', 'start']],
    ['plugins lst', undefined, []],
    ['plugins', undefined, []],
    ['--port 1 start', undefined, ['--port', '1', 'start']],
    ['', undefined, []],
  ])('%s', (line, command, rest) => {
    expect(routeOf(line.split(' ').filter(Boolean), names)).toMatchObject({ command, rest })
  })
})

test('a group is what commands begin with', () => {
  expect(groupOf(['plugins'], names)).toEqual(['plugins list', 'plugins info', 'plugins why'])
  expect(groupOf(['plug'], names)).toEqual([])
  expect(groupOf([], names)).toHaveLength(8)
})

describe('an unknown command is named as far as it is wrong, with what it may have meant', () => {
  test.each([
    ['strat', 'strat', 'start'],
    ['pluginz list', 'pluginz', 'plugins'],
    ['plugins lst', 'plugins lst', 'plugins list'],
    ['plugins w', 'plugins w', 'plugins why'],
    ['sta now', 'sta', 'start'],
    ['qqqqqq', 'qqqqqq', undefined],
  ])('%s', (line, unknown, meant) => {
    expect(misrouted(line.split(' '), names)).toEqual({ unknown, meant })
  })
})
