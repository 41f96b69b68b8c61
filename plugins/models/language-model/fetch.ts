/**
 * `fetch` for a vendor's library: a redirect is an answer like any other and is not followed. The request carries
 * keys in headers of the vendor's own, which `fetch` would take along to wherever it is sent.
 */
export const noRedirect: typeof fetch = (input, init) => globalThis.fetch(input, { ...init, redirect: 'manual' })
