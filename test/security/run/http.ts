/** HTTP/1.1 by hand, so that a case can send what no client library would. */
import { until, type Line } from './line.ts'

export interface Request { readonly method: string; readonly path: string; readonly headers: readonly (readonly [name: string, value: string])[]; readonly body: Buffer | undefined }
export interface Answer { readonly status: number; readonly headers: Readonly<Record<string, string>>; body: string }

export function requestBytes({ method, path, headers, body }: Request): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), body ?? Buffer.alloc(0)])
}

/** `given` over `usual`, names compared without case; `null` leaves one out. */
export function headersOver(usual: Readonly<Record<string, string>>, given: Readonly<Record<string, string | readonly string[] | null>> = {}): (readonly [string, string])[] {
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()))
  const kept = Object.entries(usual).filter(([name]) => !names.has(name.toLowerCase()))
  const sent = Object.entries(given).flatMap(([name, value]) => (value === null ? [] : (Array.isArray(value) ? value as string[] : [value as string]).map((one) => [name, one] as const)))
  const host = sent.findIndex(([name]) => name.toLowerCase() === 'host')
  return host < 0 ? [...kept, ...sent] : [...sent, ...kept]
}

/** Nothing if no answer came within `ms`. With `stream` it gives the head, and `body` is what has come by then. */
export async function readAnswer(line: Line, ms: number, method: string, stream = false): Promise<Answer | undefined> {
  for (;;) {
    if (!await until(line, ms, () => line.pending.includes('\r\n\r\n'))) return undefined
    const end = line.pending.indexOf('\r\n\r\n')
    const [first = '', ...lines] = line.pending.subarray(0, end).toString('latin1').split('\r\n')
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1])
    if (!status) return undefined
    line.pending = line.pending.subarray(end + 4)
    if (status >= 100 && status < 200 && status !== 101) continue
    const headers = headersIn(lines)
    if (status === 101 || status === 204 || status === 304 || method === 'HEAD') return { status, headers, body: '' }
    return { status, headers, body: stream ? line.pending.toString() : await bodyOf(line, ms, headers) }
  }
}

function headersIn(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers[name] = [headers[name], line.slice(colon + 1).trim()].filter((one) => one !== undefined).join(', ')
  }
  return headers
}

async function bodyOf(line: Line, ms: number, headers: Readonly<Record<string, string>>): Promise<string> {
  const length = headers['content-length']
  if (length !== undefined) {
    await until(line, ms, () => line.pending.length >= Number(length))
    return taken(line, Number(length))
  }
  if (/chunked/i.test(headers['transfer-encoding'] ?? '')) return chunks(line, ms)
  await until(line, ms, () => line.closedAt !== undefined)
  return taken(line, line.pending.length)
}

async function chunks(line: Line, ms: number): Promise<string> {
  let body = ''
  for (;;) {
    if (!await until(line, ms, () => line.pending.includes('\r\n'))) return body
    const end = line.pending.indexOf('\r\n')
    const size = Number.parseInt(line.pending.subarray(0, end).toString('latin1'), 16)
    if (!Number.isSafeInteger(size)) return body
    if (!await until(line, ms, () => line.pending.length >= end + 2 + size + 2)) return body + line.pending.subarray(end + 2).toString()
    body += line.pending.subarray(end + 2, end + 2 + size).toString()
    line.pending = line.pending.subarray(end + 2 + size + 2)
    if (size === 0) return body
  }
}

function taken(line: Line, length: number): string {
  const text = line.pending.subarray(0, length).toString()
  line.pending = line.pending.subarray(length)
  return text
}
