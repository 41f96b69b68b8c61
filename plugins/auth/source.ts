/** Whom requests are counted by: an address, and of IPv6 the 2^64 addresses that whoever has one has beside it. */
export function sourceOf(remote: string): string {
  if (!remote.includes(':')) return remote
  const [before = '', after] = (remote.split('%')[0] as string).split('::')
  const groups = before === '' ? [] : before.split(':')
  if (after !== undefined) {
    const rest = after === '' ? [] : after.split(':')
    groups.push(...Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0'), ...rest)
  }
  return `${groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}
