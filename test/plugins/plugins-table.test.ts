import { describe, expect, test } from 'vitest'
import { colour, noColour } from 'nexus-gateway/sdk'
import { changeText, infoText, listTable, whyText } from '../../plugins/plugins/inspect/table.ts'

const error = { code: 'NEXUS_PLUGIN_SETUP_FAILED', message: 'setup of plugin "irc" failed: no\u001b[2J luck', fix: 'Correct the plugin.' }

test('nexus plugins list', () => {
  expect(listTable([
    { id: 'auth', state: 'active', origin: 'builtin', version: '0.1.0', why: 'default', faults: 0 },
    { id: 'irc', state: 'failed', origin: 'path', why: 'config', faults: 0, error },
  ], noColour)).toBe([
    'PLUGIN  STATE   VERSION  FROM     ASKED FOR BY',
    'auth    active  0.1.0    builtin  default',
    'irc     failed  -        path     config',
    '',
    'NEXUS_PLUGIN_SETUP_FAILED  setup of plugin "irc" failed: no [2J luck',
    '  Correct the plugin.',
  ].join('\n'))
})

test('a state in colour keeps its column', () => {
  // oxlint-disable-next-line no-control-regex
  const bare = (text: string): string => text.replace(/\u001b\[\d+m/g, '')
  const rows = [{ id: 'active-one', state: 'active', origin: 'builtin', why: 'default', faults: 0 }] as const
  expect(listTable(rows, colour)).toContain('\u001b[32mactive\u001b[39m')
  expect(bare(listTable(rows, colour))).toBe(listTable(rows, noColour))
})

const why = {
  id: 'irc', state: 'failed', origin: 'path', version: '0.1.0', why: 'config', place: '/x/irc.ts', tier: 'isolated', hash: '0123456789ab', generation: 2, phases: { loadMs: 3.06, setupMs: 120.4 }, dependents: ['bot'],
  owned: ['tap call.after', 'method irc.say'], inflight: 0, faults: 1, error,
} as const
const short = [
  'irc  0.1.0  failed',
  '  asked for by  config',
  '  from          path, /x/irc.ts',
  '  took          load 3.1 ms, setup 120 ms',
  '  runs          in a process of its own',
  '  generation    2, code 0123456789ab',
  '  needed by     bot',
  '  running       0 calls',
  '  faults        1',
  '  owns          2 entries',
]
const fault = ['', 'NEXUS_PLUGIN_SETUP_FAILED  setup of plugin "irc" failed: no [2J luck', '  Correct the plugin.']

test('nexus plugins why', () => {
  expect(whyText({ ...why, dependents: ['bot'], owned: [...why.owned] }, noColour)).toBe([...short, ...fault].join('\n'))
})

test('nexus plugins info: the same, and more', () => {
  expect(infoText({
    ...why, dependents: ['bot'], owned: [...why.owned], required: false, exclusive: true, provides: [],
    requires: [{ service: 'agent/1', optional: false, provider: 'agent' }, { service: 'cost/1', optional: true }], owns: { method: ['irc.say'], tap: ['call.after'] },
  }, noColour)).toBe([
    ...short,
    '  flags         exclusive',
    '  needs         agent/1 (agent), cost/1 (optional, nobody provides it)',
    '  method        irc.say',
    '  tap           call.after',
    ...fault,
  ].join('\n'))
})

describe('nexus plugins reload', () => {
  test.each([
    [{ started: ['a', 'b'], stopped: [], blocked: [] }, 'started a, b'],
    [{ started: ['a'], stopped: ['b'], blocked: ['b'] }, 'started a; stopped b; blocked b'],
    [{ started: [], stopped: [], blocked: [] }, 'nothing had to change'],
    [{ scheduled: true, started: [], stopped: [], blocked: [] }, 'a will be replaced as soon as this call has ended'],
  ] as const)('%j', (change, text) => {
    expect(changeText({ ...change, started: [...change.started], stopped: [...change.stopped], blocked: [...change.blocked] }, 'a')).toBe(text)
  })
})
