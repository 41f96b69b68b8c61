/** How the tools of a server are called here. Pure. */
import { createHash } from 'node:crypto'

const longest = 64

/** No `_`, so that `__` parts the server from the tool and no two servers share a name. */
export const isServerName = (name: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name)

/**
 * `SERVER__TOOL`. A name that had to be changed or cut ends in eight digits of what it was, so it stays the same
 * whatever other tools there are.
 */
export function toolName(server: string, tool: string): string {
  const clean = tool.replace(/[^A-Za-z0-9_-]/g, '_')
  const full = `${server}__${clean}`
  if (clean === tool && clean !== '' && full.length <= longest) return full
  const mark = createHash('sha256').update(tool).digest('hex').slice(0, 8)
  return `${full.slice(0, longest - 9)}_${mark}`
}

/** Whether one of the patterns fits; `*` stands for any characters. */
export function fits(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('*')
    if (parts.length === 1) return pattern === name
    const [first, last] = [parts[0]!, parts.at(-1)!]
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false
    let at = first.length
    for (const part of parts.slice(1, -1)) {
      const found = name.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at <= name.length - last.length
  })
}
