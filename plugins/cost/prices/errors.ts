/** What can be wrong with a question about prices. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const priceErrors = {
  NEXUS_COST_NO_SUCH_MODEL: { text: 'no model has that in its name, and no price is known by it', fix: 'See `nexus cost prices` for all that may be used; a price of your own stands in `models.catalogue`, by provider/id.' },
  NEXUS_COST_DAY: { text: '--on is no day', fix: 'Give it as 2026-05-01.' },
} as const satisfies ErrorTable

export const failPrices = failures(priceErrors)
