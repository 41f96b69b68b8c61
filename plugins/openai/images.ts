/** Images of a request: those it brings, by their size before anything is decoded, and those it names, through the guarded fetch. */
import type { Cause } from 'nexus-gateway/sdk'
import type { ImagePart } from '../models/contract.ts'
import type { FetchApi } from '../outbound/contract.ts'
import { failOpenai } from './errors.ts'
import { unsupported } from './body.ts'

const maxBytes = 5 * 1024 * 1024
/** Of one request: addresses to be fetched, and how long all of them may take. */
const maxFetched = 8
const fetchMs = 10_000
/** Longer ones are no address but data. */
const maxAddress = 2048

export type Images = (url: string) => ImagePart
export interface Fetching { readonly fetch: FetchApi | undefined; readonly cause: Cause; readonly signal: AbortSignal }

const fail = (reason: string, error?: unknown) => failOpenai('NEXUS_OPENAI_IMAGE', { reason, param: 'image_url' }, error)
const isRemote = (url: string): boolean => /^https?:\/\//i.test(url)

/** What looks images up afterwards. Rejects with NEXUS_OPENAI_IMAGE, NEXUS_OPENAI_UNSUPPORTED. */
export async function imagesFor(urls: readonly string[], fetching: Fetching): Promise<Images> {
  const remote = [...new Set(urls.filter(isRemote))]
  if (remote.length === 0) return imageIn
  if (remote.length > maxFetched) throw fail(`at most ${maxFetched} are fetched for one request`)
  const fetched = new Map(await Promise.all(remote.map(async (url) => [url, await fetchedFrom(url, fetching)] as const)))
  return (url) => fetched.get(url) ?? imageIn(url)
}

function imageIn(url: string): ImagePart {
  const head = /^data:(image\/(?:png|jpeg|gif|webp));base64,/.exec(url.slice(0, 64))
  if (!head) throw unsupported('image_url', 'an image is a data: URL of a PNG, JPEG, GIF or WebP image in base64, or an http(s) address')
  const data = url.slice(head[0].length)
  if (data.length * 0.75 > maxBytes) throw fail('it has more than 5 MiB')
  // A class alone and no repetition: it looks at each character once, however many there are.
  if (data === '' || data.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(data.replace(/={1,2}$/, ''))) throw fail('it is not base64')
  return { type: 'image', mimeType: head[1]!, data }
}

async function fetchedFrom(url: string, { fetch, cause, signal }: Fetching): Promise<ImagePart> {
  if (!fetch) throw unsupported('image_url', 'this gateway fetches nothing (the plugin `outbound` is not there), so send a data: URL')
  if (url.length > maxAddress) throw fail('its address is too long')
  const bytes = await bytesFrom(fetch, url, cause, signal)
  const mimeType = kindOf(bytes)
  if (!mimeType) throw fail('what is at its address is no PNG, JPEG, GIF or WebP')
  return { type: 'image', mimeType, data: Buffer.from(bytes).toString('base64') }
}

async function bytesFrom(fetch: FetchApi, url: string, cause: Cause, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const response = await fetch.fetch(url, { cause, signal, maxBytes, timeoutMs: fetchMs, headers: { accept: 'image/png,image/jpeg,image/gif,image/webp' } })
    if (response.status === 200) return await response.bytes()
    response.cancel()
  } catch (error) {
    throw fail('its address cannot or may not be fetched', error)
  }
  throw fail('its address did not answer with 200')
}

/** By its first bytes: what a server calls it need not be true. */
function kindOf(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(head)) return 'image/gif'
  return head.startsWith('RIFF') && head.slice(8) === 'WEBP' ? 'image/webp' : undefined
}
