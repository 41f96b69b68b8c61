/** Amounts as a person reads them. Pure. */

export const money = (usd: number): string =>
  `$${usd >= 1 || usd === 0 ? usd.toFixed(2) : usd.toLocaleString('en-US', { maximumSignificantDigits: 3, useGrouping: false })}`
export const tokensText = (tokens: number): string => `${Math.round(tokens).toLocaleString('en-US')} tokens`

export const nanoOf = (usd: number): number => Math.round(usd * 1e9)
export const usdOf = (nano: number): number => nano / 1e9
