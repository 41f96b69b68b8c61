/** Names of hosts, in lower case and without the last dot. Pure. */

/** Names that only this machine or its network knows: RFC 6761, 6762, 7686, 8375, 9476, ICANN's `internal`, and habit. */
const local = ['localhost', 'localdomain', 'local', 'internal', 'intranet', 'lan', 'corp', 'home', 'private', 'home.arpa', 'onion', 'alt', 'invalid']

export const isName = (name: string): boolean => name.length <= 253 && name.split('.').every((label) => /^[a-z0-9_-]{1,63}$/.test(label))

/** A name without a dot is completed by the machine's search list, so it is local too. */
export const isLocal = (name: string): boolean => !name.includes('.') || local.some((zone) => name.endsWith(`.${zone}`))
