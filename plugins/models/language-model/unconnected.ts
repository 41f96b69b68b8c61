/** Whether no connection was made, by what Node's network and its `fetch` throw. */

interface Thrown { readonly syscall?: unknown; readonly code?: unknown; readonly errors?: unknown; readonly cause?: unknown }

/** An error may stand behind others, but not behind very many. */
const deepest = 5

/** Of several addresses that were tried, all have to say so. What is not sure counts as a connection: then something may have been sent. */
export function isUnconnected(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > deepest) return false
  const { syscall, code, errors, cause } = error as Thrown
  if (syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT') return true
  if (Array.isArray(errors) && errors.length > 0) return errors.every((one) => isUnconnected(one, depth + 1))
  return isUnconnected(cause, depth + 1)
}
