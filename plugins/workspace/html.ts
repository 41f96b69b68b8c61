/** A page as text for a model. It is read once from front to back and never run; what it refers to is not fetched. */

export interface PageText { readonly title: string; readonly text: string }

/** Their content is no text of the page. */
const raw = new Set(['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'object', 'canvas', 'textarea', 'select'])
const blocks = new Set(['address', 'article', 'aside', 'blockquote', 'dd', 'div', 'dl', 'dt', 'fieldset', 'figcaption', 'figure', 'footer', 'form', 'header', 'hr', 'main', 'nav', 'ol', 'p', 'pre', 'section', 'table', 'tr', 'ul'])
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'', nbsp: ' ', ndash: '–', mdash: '—', hellip: '…', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', laquo: '«', raquo: '»', bull: '•', middot: '·', copy: '©', reg: '®', trade: '™', euro: '€', pound: '£', deg: '°', times: '×', rarr: '→', larr: '←', auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è', agrave: 'à', ccedil: 'ç', ntilde: 'ñ' }
/** How far the end of a tag is looked for past an open quotation mark. */
const maxTagChars = 8_192
const maxLinks = 500

/** `base` resolves links, which stand in brackets behind their text. */
export function pageText(html: string, base: string): PageText {
  const page = { title: '', out: [] as string[], pre: 0, links: 0, href: undefined as string | undefined, linkFrom: 0 }

  const add = (text: string): void => {
    const plain = decodeEntities(text)
    page.out.push(page.pre > 0 ? plain : plain.replace(/\s+/g, ' '))
  }

  function opened(name: string, tag: string): void {
    if (name === 'br') page.out.push('\n')
    else if (name === 'li') page.out.push('\n- ')
    else if (/^h[1-6]$/.test(name)) page.out.push(`\n\n${'#'.repeat(Number(name[1]))} `)
    else if (name === 'td' || name === 'th') page.out.push('  ')
    else if (name === 'img') page.out.push(imageText(tag))
    else if (blocks.has(name)) page.out.push(name === 'tr' ? '\n' : '\n\n')
    if (name === 'pre') page.pre++
    if (name === 'a') [page.href, page.linkFrom] = [attribute(tag, 'href'), page.out.length]
  }

  function closed(name: string): void {
    if (name === 'pre') page.pre = Math.max(0, page.pre - 1)
    if (name === 'a') endLink()
    else if (/^h[1-6]$/.test(name) || (blocks.has(name) && name !== 'tr')) page.out.push('\n\n')
  }

  function endLink(): void {
    const to = page.href === undefined || page.links >= maxLinks ? undefined : resolved(page.href, base)
    page.href = undefined
    // Before anything is put together: an end without a beginning may stand there a hundred thousand times.
    if (to === undefined) return
    const said = page.out.slice(page.linkFrom).join('').trim()
    if (said === '' || said === to) return
    page.links++
    page.out.push(` (${to})`)
  }

  for (let at = 0; at < html.length;) {
    const open = html.indexOf('<', at)
    add(html.slice(at, open < 0 ? html.length : open))
    if (open < 0) break
    const tag = tagAt(html, open)
    at = tag.end
    if (tag.name === undefined) add(tag.text)
    else if (tag.closes) closed(tag.name)
    else if (tag.name === 'title') {
      at = endOf(html, 'title', tag.end)
      page.title ||= decodeEntities(html.slice(tag.end, at)).replace(/\s+/g, ' ').trim().slice(0, 300)
    } else if (raw.has(tag.name) && !tag.text.endsWith('/>')) at = endOf(html, tag.name, tag.end)
    else opened(tag.name, tag.text)
  }
  // A run of spaces is looked at from its beginning only: from each of them it would take the square of the time.
  return { title: page.title, text: page.out.join('').replace(/(?<![ \t])[ \t]+\n/g, '\n').replace(/\n[ \t]+(?=\S)/g, (gap) => (gap.includes('  ') ? gap : '\n')).replace(/\n{3,}/g, '\n\n').trim() }
}

interface Tag { readonly name?: string; readonly closes: boolean; readonly text: string; readonly end: number }

function tagAt(html: string, open: number): Tag {
  if (html.startsWith('<!--', open)) return skip(html, open, '-->')
  if (html[open + 1] === '!' || html[open + 1] === '?') return skip(html, open, '>')
  const found = /^<(\/?)([a-z][a-z0-9-]{0,30})(?=[\s/>])/i.exec(html.slice(open, open + 40))
  if (!found) return { closes: false, text: '<', end: open + 1 }
  const end = tagEnd(html, open + found[0].length)
  return { name: found[2]!.toLowerCase(), closes: found[1] === '/', text: html.slice(open, end), end }
}

const skip = (html: string, open: number, mark: string): Tag => {
  const end = html.indexOf(mark, open)
  return { closes: false, text: '', end: end < 0 ? html.length : end + mark.length }
}

/** A `>` in quotation marks does not end a tag, unless they are never closed. */
function tagEnd(html: string, from: number): number {
  let quote = ''
  const most = Math.min(html.length, from + maxTagChars)
  for (let at = from; at < most; at++) {
    const character = html[at]!
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '>') return at + 1
    else if (character === '"' || character === '\'') quote = character
  }
  const plain = html.indexOf('>', from)
  return plain < 0 ? html.length : plain + 1
}

/** Where an element's closing tag begins. */
function endOf(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}`, 'gi')
  closing.lastIndex = from
  return closing.exec(html)?.index ?? html.length
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag.slice(0, maxTagChars))
  const value = found?.[1] ?? found?.[2] ?? found?.[3]
  return value === undefined ? undefined : decodeEntities(value)
}

function imageText(tag: string): string {
  const alt = attribute(tag, 'alt')?.trim().slice(0, 200)
  return alt ? `[image: ${alt}]` : ''
}

function resolved(href: string, base: string): string | undefined {
  const url = URL.canParse(href, base) ? new URL(href, base) : undefined
  return url && /^https?:$/.test(url.protocol) && !href.startsWith('#') && url.href.length <= 500 ? url.href : undefined
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,30}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(entities, name) ? entities[name]! : whole
    const code = decimal === undefined ? parseInt(hex!, 16) : Number(decimal)
    return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code)
  })
}
