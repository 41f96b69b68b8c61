import { direct } from 'nexus-gateway/sdk'

const contentType = { 'Content-Type': 'application/json; charset=utf-8' }

/** `Response.json` makes a full Response, which the server answers far slower than one made like this. */
export function json(body: unknown, { status = 200, headers = {} }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {}): Response {
  const text = JSON.stringify(body)
  const all = { ...contentType, ...headers }
  return direct(new Response(text, { status, headers: all }), (response) => {
    response.writeHead(status, { ...all, 'Content-Length': Buffer.byteLength(text) })
    response.end(text)
  })
}
