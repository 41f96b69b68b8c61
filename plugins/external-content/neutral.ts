/**
 * Takes out of a text what could pass for a mark of the wrapper or of a model's own format, however it is spelled.
 * The text is folded to plain letters with a map back, so that what is found in the fold is replaced in the original.
 */

/** Stands where something was taken out. */
export const sanitized = '[[MARKER_SANITIZED]]'

interface Folded {
  readonly text: string
  /** Where the character of the original begins that stands at `at` in the fold, and where it ends. */
  first(at: number): number
  last(at: number): number
}

/** Letters and brackets of other scripts that look like ours and that NFKC leaves alone. */
const lookAlikes: ReadonlyMap<string, string> = new Map([
  // Capitals are others than their small letters: a capital ny looks like N, a small one like v.
  ...likes({ a: 'АΑᎪꓮ', b: 'ВΒᏴꓐ', c: 'СϹᏟꓚ', d: 'ᎠꓓᏧ', e: 'ЕΕᎬꓰ', h: 'НΗᎻꓧ', i: 'ІΙӀ', k: 'КΚᏦꓗ', l: 'ᏞꓡԼ', m: 'МΜᎷꓟ', n: 'Νꓠ', o: 'ОΟՕꓳ', p: 'РΡᏢꓑ', r: 'ᎡᏒꓣ', s: 'ЅᏚՏꓢ', t: 'ТΤᎢꓔ', u: 'Սꓴ', x: 'ХΧꓫ', y: 'ΥҮꓬ' }),
  ...likes({
    a: 'аɑαᴀ', b: 'ЬƄв', c: 'сϲᴄ', d: 'ԁɗᴅ', e: 'еєεҽᴇ', i: 'іɩιıӏɪ', k: 'кκ', l: 'ⅼʟ', m: 'мᴍ', n: 'пոηɴ', o: 'оοօσᴏ', p: 'рρ', r: 'гʀᴦ', s: 'ѕꜱ', t: 'тτᴛ', u: 'υսцᴜ', v: 'ѵν', x: 'хχ', y: 'уүγ', h: 'һ', j: 'ј',
    '<': '‹〈⟨❮❰˂ᐸ≺⧼﹤ᚲ《«⟪≪⋘⫷', '>': '›〉⟩❯❱˃ᐳ≻⧽﹥》»⟫≫⋙⫸', '_': '‗ˍ＿_‿⁀﹍﹎﹏▁', '|': '∣ǀ｜│┃❘ㅣ', '[': '⟦〚【', ']': '⟧〛】',
  }),
])

/** Shown as nothing. Those that scripts and emoji need, and spaces, are kept in the text but not in the fold. */
const invisible = /^[\p{Cf}\p{Mn}\p{Me}\u115f\u1160\u3164\uffa0\u2800]$/u
/** Text that people do not see and models read: tags, and marks that turn the direction of writing round. */
const hidden = /[\u{e0000}-\u{e0fff}\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufff9-\ufffb]/gu

/** The words of our own mark, with or without brackets, and with anything short between them. */
const words = /external[^a-z0-9]{0,12}untrusted[^a-z0-9]{0,12}content/g
/** What belongs to it before and behind. */
const opening = /(?:<{1,8}[^a-z0-9<]{0,12})?(?:end[^a-z0-9]{0,12})?$/
const closing = /^(?:[^a-z0-9]{0,12}id[^a-z0-9]{0,12}[0-9a-f]{0,64})?(?:["'\s]{0,8}>{1,8})?/
/** Marks by which models tell who speaks. */
const special = /<\|[a-z0-9_ ]{1,40}\|>|\[\/?(?:inst|system_prompt|available_tools|tool_calls|tool_results)\]|<<\/?sys>>|<\/?(?:start|end)_of_turn>/g

type Span = readonly [start: number, end: number]

/**
 * The text without such marks; `boundary`, should it be there by a leak, goes too. Any text gives a text, and doing it
 * twice changes nothing more.
 */
export function neutral(text: string, boundary?: string): string {
  const seen = text.replace(hidden, '')
  const folded = isPlain.test(seen) ? asItIs(seen) : fold(seen)
  const spans = [...marksIn(folded.text), ...placesOf(folded.text, boundary)].sort(([a], [b]) => a - b)
  return spans.length === 0 ? seen : replaced(seen, folded, spans)
}

function marksIn(text: string): Span[] {
  const ours = [...text.matchAll(words)].map(({ index, 0: found }): Span => {
    const end = index + found.length
    return [index - opening.exec(text.slice(Math.max(0, index - 40), index))![0].length, end + closing.exec(text.slice(end, end + 120))![0].length]
  })
  return [...ours, ...[...text.matchAll(special)].map(({ index, 0: found }): Span => [index, index + found.length])]
}

function placesOf(text: string, boundary: string | undefined): Span[] {
  const places: Span[] = []
  if (boundary !== undefined) for (let at = text.indexOf(boundary); at >= 0; at = text.indexOf(boundary, at + boundary.length)) places.push([at, at + boundary.length])
  return places
}

function replaced(text: string, { first, last }: Folded, spans: readonly Span[]): string {
  let [result, done] = ['', 0]
  for (const [start, end] of spans) {
    const [from, to] = [first(start), last(end - 1)]
    if (from >= done) result += text.slice(done, from) + sanitized
    done = Math.max(done, to)
  }
  return result + text.slice(done)
}

/** Most texts are: then nothing has to be mapped. */
const isPlain = /^[\t-\r -~]*$/
const asItIs = (text: string): Folded => ({ text: text.toLowerCase(), first: (at) => at, last: (at) => at + 1 })

function fold(text: string): Folded {
  const [letters, from, to]: [string[], number[], number[]] = [[], [], []]
  let at = 0
  for (const character of text) {
    const end = at + character.length
    for (const letter of plain(character)) {
      letters.push(letter)
      from.push(at)
      to.push(end)
    }
    at = end
  }
  return { text: letters.join(''), first: (place) => from[place]!, last: (place) => to[place]! }
}

/** None, one or more characters of one code unit each. */
function plain(character: string): string {
  if (character >= ' ' && character <= '~') return character.toLowerCase()
  // Chinese, Japanese, Korean: long texts, and no letter of theirs looks like ours.
  if ((character >= '\u3400' && character <= '\u9fff') || (character >= '\uac00' && character <= '\ud7a3')) return ' '
  return [...character.normalize('NFKD')].map(letterOf).join('').replace(/[\ud800-\udfff]/g, ' ')
}

function letterOf(part: string): string {
  const small = part.toLowerCase()
  return lookAlikes.get(part) ?? lookAlikes.get(small) ?? (invisible.test(part) ? '' : small)
}

function likes(others: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(others).flatMap(([plain, all]) => [...all].map((other): [string, string] => [other, plain]))
}
