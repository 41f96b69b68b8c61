/** Events of one answer that differ in nothing but their text. */
import { chunkOf } from './chunk.ts'
import type { Chunk } from './chunk.ts'

/** A text as it is written in JSON, without anything that would have to be unescaped. */
const plain = /^"[^"\\\u0000-\u001f]*"$/ // oxlint-disable-line no-control-regex
const key = '"content":'

/**
 * `chunkOf` for the events of one answer. Where an event stands between the same characters as the text of the one
 * before it, it says the same but for that text, and only that is read.
 */
export function chunkReader(): (data: string) => Chunk | undefined {
  let before = ''
  let after = ''
  return (data) => {
    const end = data.length - after.length
    if (before !== '' && end > before.length && data.startsWith(before) && data.endsWith(after)) {
      const written = data.slice(before.length, end)
      if (plain.test(written)) return { text: written.slice(1, -1), thinking: '', calls: [], finish: undefined, usage: undefined, error: undefined }
    }
    const chunk = chunkOf(data)
    const start = chunk && isTextAlone(chunk) ? textIn(data, chunk.text) : undefined
    before = start === undefined ? '' : data.slice(0, start)
    after = start === undefined ? '' : data.slice(start + chunk!.text.length + 2)
    return chunk
  }
}

const isTextAlone = ({ text, thinking, calls, finish, usage, error }: Chunk): boolean =>
  text !== '' && thinking === '' && calls.length === 0 && finish === undefined && usage === undefined && error === undefined

/** Where the text is written, if there is but one place it may come from, and it stands there as it is. */
function textIn(data: string, text: string): number | undefined {
  const at = data.indexOf(key)
  if (at < 0 || data.includes(key, at + 1)) return undefined
  const start = at + key.length + (data[at + key.length] === ' ' ? 1 : 0)
  const written = data.slice(start, start + text.length + 2)
  return plain.test(written) && written.slice(1, -1) === text ? start : undefined
}
