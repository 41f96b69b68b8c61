/**
 * Why a text is not JSON5, in words, and where it is to be mended. Loaded once a text does not parse.
 * Of the text nothing is quoted but punctuation: a word in the wrong place may be a secret.
 */
import { lineOf } from './scan.ts'

export interface SyntaxFault { readonly at: number; readonly what: string }

interface Token {
  readonly kind: 'text' | 'word' | 'mark' | 'broken' | 'end'
  readonly at: number
  readonly end: number
  /** The word or mark; of what is broken, why. */
  readonly text: string
}
type Expected = 'value' | 'entry' | 'key' | 'colon' | 'comma' | 'nothing'
interface State {
  readonly source: string
  /** The tables and lists that are not closed yet, the innermost last. */
  readonly open: Token[]
  readonly last: Token | undefined
}
type Step = (token: Token, state: State) => Expected | SyntaxFault

/** The first fault; nothing if this knows of none. */
export function syntaxFault(source: string): SyntaxFault | undefined {
  const open: Token[] = []
  let expected: Expected = 'value'
  let last: Token | undefined
  for (const token of tokens(source)) {
    if (token.kind === 'broken') return { at: token.at, what: token.text }
    if (token.kind === 'end') return atEnd(token, { source, open, last })
    const next: Expected | SyntaxFault = steps[expected](token, { source, open, last })
    if (typeof next !== 'string') return next
    expected = next
    last = token
  }
  return undefined
}

function atEnd({ at }: Token, { source, open, last }: State): SyntaxFault | undefined {
  if (!last) return { at, what: 'there are no settings here; write {} if that is what is meant' }
  const inner = open.at(-1)
  return inner && { at, what: `the file ends here, and the ${nameOf(inner)} that begins at ${inLine(source, inner)} is not closed` }
}

// ── What may follow what ────────────────────────────────────────────────────────────────────────

const steps: Readonly<Record<Expected, Step>> = {
  value: (token, state) => valueStep(token, state) ?? (token.text === ',' || token.text === '}'
    ? { at: endOf(state), what: 'a value is missing after the colon' }
    : { at: token.at, what: 'a value must stand here' }),

  entry: (token, state) => valueStep(token, state) ?? (isClosing(token) ? closing(token, state)
    : { at: token.at, what: token.text === ',' ? 'there is a comma too many' : 'a value must stand here' }),

  key(token, state) {
    if (token.kind === 'text') return 'colon'
    if (token.kind === 'word') return identifier.test(token.text) ? 'colon' : { at: token.at, what: quoteKey }
    if (isClosing(token)) return closing(token, state)
    if (token.text === '#') return { at: token.at, what: hash }
    return { at: token.at, what: token.text === ',' ? 'there is a comma too many' : token.text === ':' ? 'a key is missing before the colon' : 'a key must stand here' }
  },

  colon(token, state) {
    if (token.text === ':' && token.kind === 'mark') return 'value'
    if (token.text === '=') return { at: token.at, what: 'a colon must stand here, not =' }
    const joined = token.at === endOf(state) && state.last?.kind === 'word' && !/[{}[\],]/.test(token.text)
    return joined ? { at: state.last!.at, what: quoteKey } : { at: endOf(state), what: 'a colon is missing after the key' }
  },

  comma(token, state) {
    if (token.text === ',' && token.kind === 'mark') return state.open.at(-1)!.text === '{' ? 'key' : 'entry'
    if (isClosing(token)) return closing(token, state)
    if (token.kind === 'word' && state.last?.kind === 'text' && token.at === endOf(state)) return { at: token.at, what: 'the text ends before this; a quote inside of a text needs a \\ before it' }
    if (token.kind === 'mark' && !/[{[]/.test(token.text)) return { at: token.at, what: token.text === '#' ? hash : 'a comma must stand here' }
    return { at: endOf(state), what: 'a comma is missing here' }
  },

  nothing: (token) => ({ at: token.at, what: isClosing(token) ? `there is one ${token.text} too many` : 'there is something behind the end of the settings' }),
}

const identifier = /^(?:[\p{ID_Start}$_]|\\u[\da-fA-F]{4})(?:[\p{ID_Continue}$\u200c\u200d]|\\u[\da-fA-F]{4})*$/u
const quoteKey = 'a key with other characters than letters, digits, $ and _ must stand in quotes'
const hash = 'a comment begins with //, not #'
const endOf = ({ last }: State): number => last?.end ?? 0
const isClosing = ({ kind, text }: Token): boolean => kind === 'mark' && (text === '}' || text === ']')
const nameOf = ({ text }: Token): string => (text === '{' ? 'object' : 'list')
const after = ({ open }: State): Expected => (open.length > 0 ? 'comma' : 'nothing')

/** Nothing if the token is no value and opens none. */
function valueStep(token: Token, state: State): Expected | SyntaxFault | undefined {
  if (token.kind === 'text') return after(state)
  if (token.kind === 'word') {
    const what = state.open.length === 0 ? 'the settings must stand between { and }' : wordFault(token.text)
    return what === undefined ? after(state) : { at: token.at, what }
  }
  if (token.text === '#') return { at: token.at, what: hash }
  if (token.text === '`') return { at: token.at, what: 'a text stands in " or \', not in `' }
  if (token.text !== '{' && token.text !== '[') return undefined
  state.open.push(token)
  return token.text === '{' ? 'key' : 'entry'
}

function closing(token: Token, state: State): Expected | SyntaxFault {
  const opened = state.open.pop()!
  if ((opened.text === '{') === (token.text === '}')) return after(state)
  return { at: token.at, what: `the ${nameOf(opened)} that begins at ${inLine(state.source, opened)} needs a ${opened.text === '{' ? '}' : ']'} first` }
}

function inLine(source: string, { at }: Token): string {
  const { line, column } = lineOf(source, at)
  return `${line}:${column}`
}

/** Why a word without quotes is no value, if it is none. */
function wordFault(word: string): string | undefined {
  if (/^(?:true|false|null|[+-]?(?:Infinity|NaN|0[xX][\da-fA-F]+|(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?))$/.test(word)) return undefined
  if (/^(?:true|yes|on|false|no|off)$/i.test(word)) return 'write true or false here'
  if (/^(?:null|nil|none|undefined)$/i.test(word)) return 'write null here, or leave the key out'
  return /^[+-]?\.?\d/.test(word) ? 'this is not a number as JSON5 has them; a text must stand in quotes' : 'a text must stand in quotes'
}

// ── Tokens ──────────────────────────────────────────────────────────────────────────────────────

const blank = /[\s\uFEFF]+|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\//y
const word = /[^\s\uFEFF{}[\]:,"'`=;#/]+/y

function* tokens(source: string): Generator<Token> {
  for (let at = 0; ;) {
    for (blank.lastIndex = at; blank.test(source);) at = blank.lastIndex
    if (at >= source.length) return yield { kind: 'end', at, end: at, text: '' }
    const token = tokenAt(source, at)
    yield token
    at = token.end
  }
}

function tokenAt(source: string, at: number): Token {
  const first = source[at]!
  if (first === '"' || first === "'") return textAt(source, at)
  if (source.startsWith('/*', at)) return { kind: 'broken', at, end: at, text: 'the comment that begins here is not closed with */' }
  word.lastIndex = at
  const [found] = word.exec(source) ?? []
  return found === undefined ? { kind: 'mark', at, end: at + 1, text: first } : { kind: 'word', at, end: at + found.length, text: found }
}

function textAt(source: string, at: number): Token {
  const broken = (where: number, text: string): Token => ({ kind: 'broken', at: where, end: where, text })
  for (let i = at + 1; i < source.length; i++) {
    const c = source[i]!
    if (c === source[at]) return { kind: 'text', at, end: i + 1, text: '' }
    if (c === '\n' || c === '\r') break
    if (c !== '\\') continue
    if (/^(?:x(?![\da-fA-F]{2})|u(?![\da-fA-F]{4})|[1-9]|0\d)/.test(source.slice(i + 1, i + 6))) return broken(i, 'a \\ that means itself must be written twice')
    i += source.startsWith('\r\n', i + 1) ? 2 : 1
  }
  return broken(at, 'the text that begins here is not closed on its line')
}
