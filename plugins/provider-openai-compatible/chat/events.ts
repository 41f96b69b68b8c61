/** Server-sent events out of bytes, in whatever pieces they come. Of an event only its data is used. */
import { StringDecoder } from 'node:string_decoder'

export interface EventLimits {
  /** Characters of an event, its line that has not ended included. */
  readonly most: number
  /** What is thrown beyond that. */
  tooLong(): Error
}

/**
 * What is given back takes the bytes. `each` gets the data of every event that has ended, lines of data joined as the
 * standard says; an event that was cut off is none, and neither is one without data.
 */
export function eventReader(each: (data: string) => void, { most, tooLong }: EventLimits): (bytes: Buffer) => void {
  const decoder = new StringDecoder('utf8')
  let begun = false
  let afterReturn = false
  /** A line that has not ended, in pieces: joining them with every piece would take the square of its length. */
  let pieces: string[] = []
  let data: string | undefined
  let size = 0

  /** Every end of a line as `\n`; the `\n` of a `\r\n` may come with the next piece. */
  function plain(text: string): string {
    const rest = afterReturn && text.charCodeAt(0) === 10 ? text.slice(1) : text
    afterReturn = text.charCodeAt(text.length - 1) === 13
    return rest.includes('\r') ? rest.replaceAll(/\r\n?/g, '\n') : rest
  }

  function take(line: string): void {
    if (line === '') {
      if (data !== undefined && data !== '') each(data)
      data = undefined
      size = 0
      return
    }
    const value = valueOf(line)
    if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`
  }

  return (bytes) => {
    let text = decoder.write(bytes)
    if (text === '') return
    if (!begun && text.charCodeAt(0) === 0xfeff) text = text.slice(1)
    begun = true
    text = plain(text)
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      const tail = text.slice(start, end)
      size += tail.length
      if (size > most) throw tooLong()
      take(pieces.length === 0 ? tail : pieces.join('') + tail)
      if (pieces.length > 0) pieces = []
      start = end + 1
    }
    if (start === text.length) return
    pieces.push(start === 0 ? text : text.slice(start))
    size += text.length - start
    if (size > most) throw tooLong()
  }
}

/** Of a line of data; one space after the colon is no part of it. */
function valueOf(line: string): string | undefined {
  if (line.startsWith('data:')) return line.slice(line.charCodeAt(5) === 32 ? 6 : 5)
  return line === 'data' ? '' : undefined
}
