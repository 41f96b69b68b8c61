/** Whether a secret may be sent to an address. */

const loopback = /^(localhost\.?|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/

/**
 * True where a secret would leave the machine in the clear: `ws:` or `http:` to anything but loopback, with a token or
 * with a user or password in the address. An address that cannot be read is nobody's: connecting to it fails.
 */
export function exposesSecret(url: string, hasToken: boolean): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, username, password } = new URL(url)
  const plain = protocol === 'ws:' || protocol === 'http:'
  return plain && !loopback.test(hostname) && (hasToken || username !== '' || password !== '')
}
