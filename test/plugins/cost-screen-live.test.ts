import { describe, expect, test } from 'vitest'
import { colour } from 'nexus-gateway/sdk'
import { budgetsScreen } from '../../plugins/cost/screen/budgets.ts'
import { chargesScreen } from '../../plugins/cost/screen/charges.ts'
import { liveScreen, toldText } from '../../plugins/cost/screen/live-screen.ts'
import { ascii, glyphsOf, unicode } from '../../plugins/cost/screen/look.ts'
import { progressLine } from '../../plugins/cost/screen/progress.ts'
import { budget, budgets, lookAt, now, settled, status, zone } from './cost-screen-fixtures.ts'

const shown = (text: string): string => `\n${text}\n`

describe('budgets and charges', () => {
  test('a budget says what is left and when it begins anew', () => {
    expect(shown(budgetsScreen(budgets, zone, lookAt(80)))).toMatchInlineSnapshot(`
      "
      Budgets
        agent:coder/month  ██████████████████████████████ 101 %
          $0.00 of $5.00 left; resets in 5 h 12 min (Tue 24 Nov 00:00)
        global/day         ███████████████████▒▒░░░░░░░░░  62 %
          $1.50 of $5.00 left, $0.40 held; resets in 5 h 12 min (Tue 24 Nov 00:00)
        run                █████████░░░░░░░░░░░░░░░░░░░░░  30 %
          7k of 10k tokens left; for one run

      Days and months are those of Europe/Berlin.
      "
    `)
    expect(budgetsScreen([], zone, lookAt(200))).toBe('No budget bounds anything. Set one: nexus config set cost.budgets \'[{ per: "day", usd: 5 }]\'')
  })
  test('it is green, then yellow, then red', () => {
    // oxlint-disable-next-line no-control-regex
    const styles = [79, 80, 99.5, 100].map((percent) => /\u001b\[(3\d)m█/.exec(budgetsScreen([budget('b', percent)], zone, lookAt(80, { paint: colour })))?.[1])
    expect(styles).toEqual(['32', '33', '33', '31'])
  })
  test('charges: the open ones first, the orphaned before the others, then the latest; with the price that was used', () => {
    const open = [{ id: 'o1', at: now, provider: 'a', model: 'm', usd: 0.25, tokens: 9_000, orphaned: false }, { id: 'o2', at: now - 90_000_000, provider: 'a', model: 'm', usd: null, tokens: 9_000, orphaned: true }]
    const charges = [settled('c1'), settled('c2', { usd: null, price: 'none' }), settled('c3', { usd: 1.5, tokens: 98_765, estimated: true, price: 'reported' })]
    expect(shown(chargesScreen({ charges, open }, zone, lookAt(120)))).toMatchInlineSnapshot(`
      "
      AT                STATE           COST  TOKENS  MODEL               FOR              PRICE                 ID
      Sun 22 Nov 17:47  orphaned    unpriced   9,000  a/m                                                        o2
      Mon 23 Nov 18:47  open       $0.25       9,000  a/m                                                        o1
      Mon 23 Nov 18:47             $0.000412   1,234  anthropic/claude-x  agent:main:main  catalogue 2026-05-01  c1
      Mon 23 Nov 18:47              unpriced   1,234  anthropic/claude-x  agent:main:main  none                  c2
      Mon 23 Nov 18:47  estimated  $1.50      98,765  anthropic/claude-x  agent:main:main  reported              c3

      2 reservations open: held at the most it may come to; 1 orphaned, left by a gateway that died and counted as spent.
      Estimated: the provider has not counted it, so it is charged at the most it can have come to.
      Unpriced: nobody knows the price. See nexus cost check.
      "
    `)
    expect(chargesScreen({ charges: [], open: [] }, zone, lookAt(80))).toBe('Nothing was charged yet.')
  })
})

describe('nexus cost watch', () => {
  test('one picture, no higher than the screen', () => {
    const live = { status: status({ budgets }), charges: Array.from({ length: 30 }, (_, i) => settled(`c${i}`, { at: now + i * 1000 })), told: [{ at: now, kind: 'exceeded' as const, budget: budgets[0]! }], lostAt: undefined }
    expect(shown(liveScreen(live, lookAt(80)).join('\n'))).toMatchInlineSnapshot(`
      "
      Cost  18:47:03

                 SPENT  TOKENS  CALLS
      November  $34.56   1.23M    345
      today      $1.05    120k     34

        agent:coder/month  ██████████████████████████████ 101 %
          $0.00 of $5.00 left; resets in 5 h 12 min (Tue 24 Nov 00:00)
        global/day         ███████████████████▒▒░░░░░░░░░  62 %
          $1.50 of $5.00 left, $0.40 held; resets in 5 h 12 min (Tue 24 Nov 00:00)
        run                █████████░░░░░░░░░░░░░░░░░░░░░  30 %
          7k of 10k tokens left; for one run

      18:47:03 EXCEEDED agent:coder/month is at 101 %: $0.00 of $5.00 left; resets in
      5 h 12 min (Tue 24 Nov 00:00)

      AT             COST  TOKENS  MODEL               FOR              PRICE
      18:47:32  $0.000412   1.23k  anthropic/claude-x  agent:main:main  catalog…-05-01
      18:47:31  $0.000412   1.23k  anthropic/claude-x  agent:main:main  catalog…-05-01
      18:47:30  $0.000412   1.23k  anthropic/claude-x  agent:main:main  catalog…-05-01
      18:47:29  $0.000412   1.23k  anthropic/claude-x  agent:main:main  catalog…-05-01
      18:47:28  $0.000412   1.23k  anthropic/claude-x  agent:main:main  catalog…-05-01
      18:47:27  $0.000412   1.23k  anthropic/claude-x  agent:main:main  catalog…-05-01
      "
    `)
    for (const height of [1, 2, 5, 8, 12, 20, 60]) expect(liveScreen(live, lookAt(80, { height })).length).toBeLessThanOrEqual(Math.max(1, height - 1))
  })
  test('before anything comes, and without a gateway', () => {
    expect(shown(liveScreen({ status: status(), charges: [], told: [], lostAt: now }, lookAt(60)).join('\n'))).toMatchInlineSnapshot(`
      "
      Cost  no gateway, trying again

                 SPENT  TOKENS  CALLS
      November  $34.56   1.23M    345
      today      $1.05    120k     34

      Waiting for what costs. Ctrl-C ends.
      "
    `)
  })
  test('a warning names the budget, what is left and when it begins anew', () => {
    expect(toldText({ at: now, kind: 'warning', budget: budgets[1]! }, zone, now)).toBe('18:47:03  WARNING  global/day is at 62 %: $1.50 of $5.00 left, $0.40 held; resets in 5 h 12 min (Tue 24 Nov 00:00)')
  })
})

test('the progress of an index is one line', () => {
  expect(progressLine({ done: 186e6, total: 300e6, files: { done: 1_200, total: 2_000 } }, 100, unicode)).toBe('Reading transcripts ██████████████▉░░░░░░░░░ 62 %  186 of 300 MB, 1,200 of 2,000 files')
  expect(progressLine({ done: 0, total: 2e6 }, 100, ascii)).toBe('Reading transcripts ........................ 0 %  0.0 of 2.0 MB')
  expect(progressLine({ done: 186e6, total: 300e6, files: { done: 1_200, total: 2_000 } }, 70, unicode)).toBe('Reading transcripts ██████████████▉░░░░░░░░░ 62 %  186 of 300 MB')
  expect(progressLine({ done: 0, total: 2e6 }, 30, ascii)).toHaveLength(30)
})

test('blocks are drawn where the terminal has them', () => {
  for (const env of [{}, { LANG: 'de_DE.UTF-8' }, { LC_ALL: 'C.utf8', TERM: 'xterm' }]) expect(glyphsOf(env)).toBe(unicode)
  for (const env of [{ LANG: 'C' }, { LC_ALL: 'POSIX', LANG: 'de_DE.UTF-8' }, { TERM: 'linux' }, { TERM: 'dumb' }, { LANG: 'en_US.ISO-8859-1' }]) expect(glyphsOf(env)).toBe(ascii)
})
