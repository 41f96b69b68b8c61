import { describe, expect, test } from 'vitest'
import { colour } from 'nexus-gateway/sdk'
import { breakdownScreen } from '../../plugins/cost/screen/breakdown.ts'
import { ascii } from '../../plugins/cost/screen/look.ts'
import { folderScreen, overviewScreen } from '../../plugins/cost/screen/overview.ts'
import { budgets, days, lookAt, models, now, range, row, sessions, status, total, trend } from './cost-screen-fixtures.ts'

const shown = (text: string): string => `\n${text}\n`

describe('nexus cost', () => {
  test('opens with the month, the trend, what it went to, and the budgets', () => {
    expect(shown(overviewScreen(status({ budgets }), trend, lookAt(80)))).toMatchInlineSnapshot(`
      "
                 SPENT  TOKENS  CALLS
      November  $34.56   1.23M    345
      today      $1.05    120k     34

      25 Oct to 23 Nov 2026: $34.50, 1.23M tokens
      $3.00 ┤                ▄                     ▄
            │    ▄     █     █               █     █         ▄
            │    █     █     █   █           █   ▄ █         █         ▄
      $1.50 ┤  ▄ █   █ █     █   █   ▄     █ █   █ █       ▄ █   █     █
            │  █ █   █ █     █ █ █   █     █ █ ▄ █ █       █ █   █     █
            │  █ █ █ █ █     █ █ █ ▄ █     █ █ █ █ █     ▄ █ █ █ █     █
      $0.00 └────────────────────────────────────────────────────────────
               26 Oct        2 Nov         9             16            23

        MODELS                                              COST  SHARE  TOKENS  CALLS
        anthropic/claude-x  ██████████████████████████  $30.10     87 %    900k    900
        openai/gpt-y        ███▊                         $4.40     13 %    300k    300
        google/flash        ▏                            $0.0004   <1 %   34.6k     34

        SESSIONS                                            COST  SHARE  TOKENS  CALLS
        agent:main:telegram:group:123456789  ███████████  $20.00   58 %    500k    500
        Weekly report                        █████▌       $10.00   29 %    300k    300
        agent:main:日本語                    ▎             $0.50    1 %     20k     20

      Budgets
        agent:coder/month  ██████████████████████████████ 101 %
          $0.00 of $5.00 left; resets in 5 h 12 min (Tue 24 Nov 00:00)
        global/day         ███████████████████▒▒░░░░░░░░░  62 %
          $1.50 of $5.00 left, $0.40 held; resets in 5 h 12 min (Tue 24 Nov 00:00)
        run                █████████░░░░░░░░░░░░░░░░░░░░░  30 %
          7k of 10k tokens left; for one run

      nexus cost --by day|model|agent|session|channel|tool · watch · budgets · charges
      · prices
      "
    `)
  })
  test('on a narrow terminal without blocks', () => {
    expect(shown(overviewScreen(status({ budgets }), trend, lookAt(40, { glyphs: ascii })))).toMatchInlineSnapshot(`
      "
                 SPENT  TOKENS  CALLS
      November  $34.56   1.23M    345
      today      $1.05    120k     34

      25 Oct to 23 Nov 2026: $34.50, 1.23M
      tokens
      $3.00 +        :          :
            |  :  #  #       #  #    :
            |  #  #  # #     # :#    #    :
      $1.50 + :# ##  # # :  ## ##   :# #  #
            | ## ##  ### #  ##:##   ## #  #
            | #####  ###:#  #####  :####  #
      $0.00 +------------------------------
              26 Oct        9 Nov         23

        MODELS                     COST  SHARE
        anthrop~aude-x  #####  $30.10     87 %
        openai/gpt-y    #       $4.40     13 %
        google/flash    #       $0.0004   <1 %

        SESSIONS                   COST  SHARE
        agent:ma~3456789  #####  $20.00   58 %
        Weekly report     ###    $10.00   29 %
        agent:ma~:日本語  #       $0.50    1 %

      Budgets
        agent:coder/month
        ############################## 101 %
        $0.00 of $5.00 left; resets in 5 h 12
        min (Tue 24 Nov 00:00)
        global/day
        ###################++.........  62 %
        $1.50 of $5.00 left, $0.40 held;
        resets in 5 h 12 min (Tue 24 Nov
        00:00)
        run
        #########.....................  30 %
        7k of 10k tokens left; for one run

      nexus cost --by
      day|model|agent|session|channel|tool -
      watch - budgets - charges - prices
      "
    `)
  })
  test('before anything was spent', () => {
    expect(shown(overviewScreen(status({ today: { usd: 0, tokens: 0, calls: 0, unpriced: 0 }, month: { usd: 0, tokens: 0, calls: 0, unpriced: 0 } }), { ...trend, days: [], models: [], sessions: [], total: row('all', 0, 0) }, lookAt(80)))).toMatchInlineSnapshot(`
      "
                SPENT  TOKENS  CALLS
      November  $0.00       0      0
      today     $0.00       0      0

      Nothing was used from 25 Oct to 23 Nov 2026.

      nexus cost --by day|model|agent|session|channel|tool · watch · budgets · charges
      · prices
      "
    `)
  })
  test('stopped, with something unpriced and something a crash left open: that comes first, in red', () => {
    const stopped = status({ stopped: { at: now - 7_380_000, by: 'laptop', reason: 'runs wild' }, month: { usd: 0.0004, tokens: 999, calls: 3, unpriced: 1 }, open: { count: 3, usd: 0.25, tokens: 12_000, orphaned: 1 } })
    expect(shown(overviewScreen(stopped, undefined, lookAt(80)))).toMatchInlineSnapshot(`
      "
      STOPPED since Mon 23 Nov 16:44 (2 h 3 min ago) by laptop: runs wild
      Nothing that costs may begin. To go on: nexus cost resume

                  SPENT  TOKENS  CALLS
      November  $0.0004     999      3
      today     $1.05      120k     34
      held      $0.25       12k      3
      ! 1 call of this month has no known price: counted in tokens, not in money. See
      nexus cost check.
      ! 1 of the held was left open by a gateway that died, and counts as spent. See
      nexus cost charges.

      The days before are not counted: turn on the plugin usage.

      nexus cost --by day|model|agent|session|channel|tool · watch · budgets · charges
      · prices
      "
    `)
    const first = overviewScreen(stopped, undefined, lookAt(80, { paint: colour })).split('\n')[0]
    expect(first).toBe('\u001b[1m\u001b[31mSTOPPED since Mon 23 Nov 16:44 (2 h 3 min ago) by laptop: runs wild\u001b[39m\u001b[22m')
  })
  test('of a folder tells of no budgets', () => {
    expect(shown(folderScreen('/srv/transcripts', 2, { ...trend, models: models.slice(0, 1), sessions: [] }, lookAt(60)))).toMatchInlineSnapshot(`
      "
      /srv/transcripts
      25 Oct to 23 Nov 2026: $34.50, 1.23M tokens
      $3.00 ┤        ▄          ▄
            │  ▄  █  █       █  █    ▄
            │  █  █  █ █     █ ▄█    █    ▄
      $1.50 ┤ ▄█ ██  █ █ ▄  ██ ██   ▄█ █  █
            │ ██ ██  ███ █  ██▄██   ██ █  █
            │ █████  ███▄█  █████  ▄████  █
      $0.00 └──────────────────────────────
              26 Oct        9 Nov         23

        MODELS                          COST  SHARE  TOKENS  CALLS
        anthropic/claude-x  ████████  $30.10   87 %    900k    900
      ! 2 files could not be read; they are tried again next time.
      "
    `)
  })
})

describe('nexus cost --by', () => {
  test('model: bars, shares, and the sum of all', () => {
    expect(shown(breakdownScreen({ by: 'model', range, rows: models, total, beyond: 0 }, 2, lookAt(100)))).toMatchInlineSnapshot(`
      "
      By model, 25 Oct to 23 Nov 2026 (Europe/Berlin)

        MODEL                                             COST  SHARE  TOKENS  CALLS     IN    OUT  CACHED
        anthropic/claude-x  ████████████████████████  $30.10     87 %    900k    900   630k    90k    180k
        openai/gpt-y        ███▌                       $4.40     13 %    300k    300   210k    30k     60k
        1 other                                        $0.0004   <1 %   34.6k     34  24.2k  3.46k   6.91k
        all                                           $34.50    100 %   1.23M  1,234   864k   123k    247k
      "
    `)
  })
  test('session: what people call it, else its key', () => {
    expect(shown(breakdownScreen({ by: 'session', range, rows: sessions, total, beyond: 3 }, 20, lookAt(60)))).toMatchInlineSnapshot(`
      "
      By session, 25 Oct to 23 Nov 2026 (Europe/Berlin)

        SESSION                         COST  SHARE  TOKENS  CALLS
        agent:mai…23456789  ████████  $20.00   58 %    500k    500
        Weekly report       ████      $10.00   29 %    300k    300
        agent:main:日本語   ▎          $0.50    1 %     20k     20
        all                           $34.50  100 %   1.23M  1,234

      3 sessions that cost no more are in the total only.
      "
    `)
  })
  test('day: the chart, and a row for each day with something', () => {
    const week = days('2026-11-16', '2026-11-23').map((day, i) => (i === 2 ? { ...day, unpriced: 2 } : day))
    expect(shown(breakdownScreen({ by: 'day', range: { ...range, from: '2026-11-16' }, rows: week, total: row('all', 8.5, 98_000, { unpriced: 2 }), beyond: 0 }, 20, lookAt(80)))).toMatchInlineSnapshot(`
      "
      By day, 16 to 23 Nov 2026 (Europe/Berlin)

      $3.00 ┤
            │                    ▃▃▃
            │        ▄▄▄         ███
            │        ███         ███
            │        ███         ███
      $1.50 ┤    ▁▁▁ ███     ███ ███
            │    ███ ███     ███ ███
            │    ███ ███     ███ ███
            │    ███ ███ ▅▅▅ ███ ███
            │    ███ ███ ███ ███ ███
      $0.00 └────────?───────────────────────
                 17 Nov  19      21      23
      ? There was also something of an unknown price.

        DAY                          COST  SHARE  TOKENS  CALLS     IN   OUT  UNPRICED
        17 Nov 2026  ██████▌        $1.25   15 %     11k     11   7.7k  1.1k
        18 Nov 2026  ███████████▊   $2.25   26 %     12k     12   8.4k  1.2k         2
        19 Nov 2026  ██▋            $0.50    6 %     13k     13   9.1k  1.3k
        20 Nov 2026  ███████▊       $1.50   18 %     14k     14   9.8k  1.4k
        21 Nov 2026  █████████████  $2.50   29 %     15k     15  10.5k  1.5k
        all days                    $8.50  100 %     98k     98  68.6k  9.8k         2

      2 answers of a price that nobody knows: counted in tokens, not in money. See
      nexus cost check.
      "
    `)
  })
  test('day, where nothing has a price: tokens are drawn', () => {
    const local = days('2026-11-21', '2026-11-23').map((day) => ({ ...day, usd: 0, tokens: 5_000, calls: null }))
    expect(shown(breakdownScreen({ by: 'day', range: { ...range, from: '2026-11-21' }, rows: local, total: row('all', 0, 15_000), beyond: 0 }, 20, lookAt(60)))).toMatchInlineSnapshot(`
      "
      By day, 21 to 23 Nov 2026 (Europe/Berlin)

        5k ┤███ ███ ███
           │███ ███ ███
           │███ ███ ███
           │███ ███ ███
           │███ ███ ███
      2.5k ┤███ ███ ███
           │███ ███ ███
           │███ ███ ███
           │███ ███ ███
           │███ ███ ███
         0 └────────────
            21 Nov  23
      The columns are tokens: nothing has a price.

        DAY                      SHARE  TOKENS  CALLS     IN   OUT
        21 Nov 2026  ██████████   33 %      5k             0     0
        22 Nov 2026  ██████████   33 %      5k          7.7k  1.1k
        23 Nov 2026  ██████████   33 %      5k          8.4k  1.2k
        all days                 100 %     15k     15  10.5k  1.5k
      "
    `)
  })
  test('tool: how often each was called', () => {
    const tools = [row('read', 0, 0, { calls: 1_200 }), row('exec', 0, 0, { calls: 7 })]
    expect(shown(breakdownScreen({ by: 'tool', range, rows: tools, total: row('all', 0, 0, { calls: 1_207 }), beyond: 0 }, 20, lookAt(60)))).toMatchInlineSnapshot(`
      "
      By tool, 25 Oct to 23 Nov 2026 (Europe/Berlin)

        TOOL                                          SHARE  CALLS
        read  ██████████████████████████████████████   99 %  1,200
        exec  ▎                                        <1 %      7
        all                                           100 %  1,207

      Calls of tools have no price of their own; what models make
      of them is in the other tables.
      "
    `)
  })
  test('nothing there', () => {
    expect(shown(breakdownScreen({ by: 'agent', range, rows: [], total: row('all', 0, 0), beyond: 0 }, 20, lookAt(80)))).toMatchInlineSnapshot(`
      "
      By agent, 25 Oct to 23 Nov 2026 (Europe/Berlin)

      Nothing was used in these days. Other days: --days N, or --from and --to.
      "
    `)
  })
})
