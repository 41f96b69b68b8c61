/** What a command line of `nexus cost` can have wrong. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const costScreenErrors = {
  NEXUS_COST_BY: { exit: 2, text: '--by takes one of {choices}', fix: '{hint}See `nexus help cost`.' },
  NEXUS_COST_DAYS: { exit: 2, text: '--{option} takes a whole number from 1 to {most}', fix: 'Leave it out for the default; see `nexus help cost`.' },
  NEXUS_COST_DATE: { exit: 2, text: '--{option} takes a day as 2026-11-22', fix: 'Both --from and --to are counted; see `nexus help cost`.' },
  NEXUS_COST_SPAN: { exit: 2, text: 'the span of days is none: {reason}', fix: 'Give --from and --to, or --days N for the last N days up to --to.' },
  NEXUS_COST_ZONE: { exit: 2, text: '--zone takes the name of a time zone, as Europe/Berlin or UTC', fix: 'Leave it out for the zone that budgets are counted in.' },
  NEXUS_COST_FORM: { exit: 2, text: '--csv and --json exclude each other', fix: 'Choose one of them.' },
  NEXUS_COST_SETTLE: { exit: 2, text: '--usd takes an amount of US dollars, --tokens a whole number', fix: 'Write them as in `nexus cost settle ID --usd 0.042 --tokens 1200`.' },
  NEXUS_COST_CSV: { exit: 2, text: '--csv needs --by', fix: 'For example: `nexus cost --by day --csv > days.csv`.' },
} as const satisfies ErrorTable

export const failScreen = failures(costScreenErrors)
