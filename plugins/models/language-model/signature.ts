/**
 * A provider's proof of a thought or a call, as one text that a transcript can keep. It is given back only to the
 * kind of provider that made it: another would refuse the whole conversation.
 */
import type { SharedV3ProviderMetadata, SharedV3ProviderOptions } from '@ai-sdk/provider'

const longest = 1024 * 1024

export function signatureOf(metadata: SharedV3ProviderMetadata | undefined, dialect: string | undefined): string | undefined {
  const own = dialect === undefined ? undefined : metadata?.[dialect]
  if (dialect === undefined || own === undefined || !Object.values(own).some((value) => value !== null && value !== undefined)) return undefined
  return JSON.stringify({ [dialect]: own })
}

export function optionsFrom(signature: string | undefined, dialect: string | undefined): SharedV3ProviderOptions | undefined {
  if (signature === undefined || dialect === undefined || signature.length > longest) return undefined
  try {
    const value: unknown = JSON.parse(signature)
    const own = typeof value === 'object' && value !== null && Object.hasOwn(value, dialect) ? (value as SharedV3ProviderOptions)[dialect] : undefined
    return typeof own === 'object' && own !== null ? { [dialect]: own } : undefined
  } catch {
    return undefined // of another making
  }
}
