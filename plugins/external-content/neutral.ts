/**
 * Takes out of a text what could pass for a mark of the wrapper or of a model's own format, however it is spelled.
 * The text is folded to plain letters with a map back, so that what is found in the fold is replaced in the original.
 */

/** Stands where something was taken out. */
export const sanitized = '[[MARKER_SANITIZED]]'

interface Folded {
  readonly text: string
  /** Of each character of `text`: where the original one begins and ends. */
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/** Letters and brackets of other scripts that look like ours and that NFKC leaves alone. */
const lookAlikes: ReadonlyMap<string, string> = new Map(Object.entries({
  a: 'аɑα', b: 'ЬƄв', c: 'сϲᴄ', d: 'ԁɗ', e: 'еєεҽ', i: 'іɩιıӏ', k: 'кκ', l: 'ⅼǀ', m: 'мᴍ', n: 'пոηɴ', o: 'оοօσᴏ', p: 'рρ', r: 'гʀᴦ', s: 'ѕꜱ', t: 'тτᴛ', u: 'υսцᴜ', v: 'ѵν', x: 'хχ', y: 'уүγ', h: 'һ', j: 'ј',
  '<': '‹〈⟨❮❰˂ᐸ≺⧼﹤ᚲ《«⟪≪⋘⫷', '>': '›〉⟩❯❱˃ᐳ≻⧽﹥》»⟫≫⋙⫸', '_': '‗ˍ＿_‿⁀﹍﹎﹏', '|': '∣ǀ｜│┃❘ㅣ', '[': '⟦〚【', ']': '⟧〛】',
}).flatMap(([plain, others]) => [...others].map((other) => [other, plain])))

/** Shown as nothing. Those that scripts and emoji need, and spaces, are kept in the text but not in the fold. */
const invisible = /^[\p{Cf}\p{Mn}\p{Me}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\ufe00-\ufe0f]$/u
/** Text that people do not see and models read: tags, and marks that turn the direction of writing round. */
const hidden = /[\u{e0000}-\u{e0fff}\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufff9-\ufffb]/gu

/** Our own mark, with or without brackets, and with anything short between its words. */
const gap = '[^a-z0-9]{0,12}'
const own = new RegExp(`<{0,8}${gap}(?:end${gap})?external${gap}untrusted${gap}content(?:${gap}id${gap}[0-9a-f]{0,64})?["'\\s]{0,8}>{0,8}`, 'g')
/** Marks by which models tell who speaks. */
const special = /<\|[a-z0-9_ ]{1,40}\|>|\[\/?inst\]|<<\/?sys>>|<\/?(?:start|end)_of_turn>|<\/?s>(?=\s*\[inst\])/g

/** The text without such marks. `boundary`, if it is there by a leak, goes too. Any text gives a text; doing it twice changes nothing more. */
export function neutral(text: string, boundary?: string): string {
  const seen = text.replace(hidden, '')
  // Nearly every text has none of the letters or brackets that a mark needs: then there is nothing to fold.
  const folded = fold(seen)
  const spans = [own, special].flatMap((pattern) => [...folded.text.matchAll(pattern)].map((found) => [found.index, found.index + found[0].length] as const))
  if (boundary !== undefined) for (let at = folded.text.indexOf(boundary); at >= 0; at = folded.text.indexOf(boundary, at + 1)) spans.push([at, at + boundary.length])
  return spans.length === 0 ? seen : replaced(seen, folded, spans)
}

function replaced(text: string, { from, to }: Folded, spans: readonly (readonly [number, number])[]): string {
  let [result, done] = ['', 0]
  for (const [start, end] of [...spans].sort(([a], [b]) => a - b)) {
    const [first, last] = [from[start]!, to[end - 1]!]
    if (first >= done) result += text.slice(done, first) + sanitized
    done = Math.max(done, last)
  }
  return result + text.slice(done)
}

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
  return { text: letters.join(''), from, to }
}

function plain(character: string): string {
  if (character >= ' ' && character <= '~') return character.toLowerCase()
  if (invisible.test(character)) return ''
  const known = lookAlikes.get(character)
  if (known !== undefined) return known
  // One accented letter becomes a letter and its accents; only code units count, for the map back.
  return [...character.normalize('NFKD').toLowerCase()].map((part) => lookAlikes.get(part) ?? (invisible.test(part) ? '' : part)).join('').replace(/[\ud800-\udfff]/g, ' ')
}
