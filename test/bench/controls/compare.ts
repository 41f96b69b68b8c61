/**
 * Whether the time of `matches` tells anything of the secret, in the manner of dudect: two classes of guesses in random
 * order, Welch's t over what each took, whole and with the slowest cut off at several places. Prints JSON.
 */
import { randomBytes } from 'node:crypto'
import { digestOf, matches } from '../../../plugins/auth/secret.ts'

const samples = 400_000
const warmUp = 50_000
/** Guesses are made so many at a time and used once: one used again would bring its place in memory along. */
const batch = 2_000
const crops = 10

const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
const length = 43
const secret = randomBytes(32).toString('base64url')
const digest = digestOf(secret)

type Compare = (guess: string) => boolean
/** `right`: so many characters of a guess of the first class are the secret's; the second class is random. */
interface Test { readonly compare: Compare; readonly right: number }

const hashed: Compare = (guess) => matches(guess, digest)
/** What must not be done, so that it shows what the figure is like where there is something to see. */
const naive: Compare = (guess) => {
  for (let i = 0; i < length; i++) if (guess.charCodeAt(i) !== secret.charCodeAt(i)) return false
  return true
}

/** Both classes are made by the same steps of the same bytes: the strings differ in nothing but their characters. */
function guesses(right: number): { texts: string[]; classes: Uint8Array } {
  const [bytes, prefix] = [randomBytes(batch * length), Buffer.from(secret, 'latin1').subarray(0, right)]
  const classes = Uint8Array.from(randomBytes(batch), (byte) => byte & 1)
  for (let i = 0; i < bytes.length; i++) bytes[i] = alphabet[bytes[i]! & 63]!
  // Those of the second class are given the prefix too, in a place where it does nothing.
  const spare = Buffer.from(prefix)
  const texts = Array.from(classes, (one, i) => {
    prefix.copy(one === 0 ? bytes : spare, one === 0 ? i * length : 0)
    return bytes.toString('latin1', i * length, (i + 1) * length)
  })
  return { texts, classes }
}

let matched = 0
/** Nanoseconds of each, by class. */
function timed({ compare, right }: Test, count: number): [Float64Array, Float64Array] {
  const taken = [new Float64Array(count), new Float64Array(count)] as const
  const used = [0, 0] as [number, number]
  for (let done = 0; done < count; done += batch) {
    const { texts, classes } = guesses(right)
    for (let i = 0; i < batch; i++) {
      const [text, of] = [texts[i]!, classes[i] as 0 | 1]
      const started = performance.now()
      const is = compare(text)
      const ms = performance.now() - started
      matched += is ? 1 : 0
      taken[of][used[of]++] = ms * 1e6
    }
  }
  return [taken[0].subarray(0, used[0]), taken[1].subarray(0, used[1])]
}

interface Moments { readonly n: number; readonly mean: number; readonly variance: number }

/** Of what is below `limit`. */
function moments(values: Float64Array, limit: number): Moments {
  let [n, mean, squares] = [0, 0, 0]
  for (const value of values) {
    if (value >= limit) continue
    const delta = value - mean
    mean += delta / ++n
    squares += delta * (value - mean)
  }
  return { n, mean, variance: squares / (n - 1) }
}

function welch([a, b]: readonly [Float64Array, Float64Array], limit: number): number {
  const [x, y] = [moments(a, limit), moments(b, limit)]
  if (x.n < samples / 20 || y.n < samples / 20) return 0
  return (x.mean - y.mean) / Math.sqrt(x.variance / x.n + y.variance / y.n)
}

/** The t of the largest amount, over all and over what is below some percentiles. These are taken of the warm-up, which is not counted. */
function strongest(test: Test): { t: number; ns: number; percent: number; whole: number } {
  timed(test, warmUp)
  const sorted = timed(test, warmUp).reduce((all, one) => Float64Array.from([...all, ...one]), new Float64Array()).sort()
  const taken = timed(test, samples)
  const percents = [100, ...Array.from({ length: crops }, (_, i) => 100 * (1 - 0.5 ** (i + 1)))]
  const all = percents.map((percent) => ({ percent, t: welch(taken, percent === 100 ? Infinity : sorted[Math.floor(sorted.length * percent / 100)] ?? Infinity) }))
  const most = all.reduce((best, one) => (Math.abs(one.t) > Math.abs(best.t) ? one : best))
  return { ...most, ns: sorted[sorted.length >> 1] ?? NaN, whole: all[0]?.t ?? NaN }
}

const prefix = strongest({ compare: hashed, right: length >> 1 })
const fixed = strongest({ compare: hashed, right: length })
const control = strongest({ compare: naive, right: length >> 1 })
// Also keeps the comparisons from being left out as useless.
if (matched < samples / 4) throw new Error('the right secret was not recognised')
console.log(JSON.stringify({ samples, prefix, fixed, control }))
