/** A plugin's own code files, and what they seem to use. A look at the text and no more: each sighting says where. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface CodeFile { readonly path: string; readonly text: string }
/** `capability` covers it, such as `net` or `env:HOME`; `shown` is what stands there. */
export interface Sighting { readonly capability: string; readonly shown: string; readonly file: string; readonly line: number }

const code = /\.[cm]?[jt]sx?$/
const test = /(\.(test|spec)\.[cm]?[jt]sx?|\.d\.[cm]?ts)$|(^|\/)(tests?|__tests__|fixtures|coverage|scripts)\//
const mostFiles = 2_000

/** Not what is in `node_modules`. Tests apart from the rest. */
export async function codeOf(dir: string): Promise<{ readonly own: readonly CodeFile[]; readonly tests: readonly string[] }> {
  const paths = (await walk(dir, '')).filter((path) => code.test(path)).slice(0, mostFiles)
  const own = paths.filter((path) => !test.test(path))
  return { own: await Promise.all(own.map(async (path) => ({ path, text: await readFile(join(dir, path), 'utf8') }))), tests: paths.filter((path) => test.test(path) && !path.endsWith('.d.ts')) }
}

async function walk(dir: string, below: string): Promise<string[]> {
  const entries = await readdir(join(dir, below), { withFileTypes: true })
  const found = await Promise.all(entries.filter(({ name }) => !name.startsWith('.') && name !== 'node_modules').map(async (entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    return entry.isDirectory() ? walk(dir, path) : entry.isFile() ? [path] : []
  }))
  return found.flat()
}

const module = (names: string) => new RegExp(`(?:\\bfrom|\\bimport|\\brequire\\s*\\(|\\bimport\\s*\\()\\s*(['"])(?:node:)?(?:${names})\\1`, 'g')
const signs: readonly (readonly [capability: string, sign: RegExp])[] = [
  ['fs', module('fs|fs/promises')],
  ['net', module('net|tls|dgram|http|https|http2|dns|dns/promises|undici|ws|axios|got|node-fetch')],
  ['net', /(?<![.\w$])(?:fetch\s*\(|new\s+(?:WebSocket|EventSource)\b)/g],
  ['run', module('child_process|cluster')],
  ['worker', module('worker_threads')],
  ['native', /\bprocess\.dlopen\b|(['"])[^'"]+\.node\1/g],
]
const environment = /\bprocess\.env(?:\.([A-Za-z_]\w*)|\[\s*(['"])([A-Za-z_]\w*)\2\s*\])?/g

export function sightings(files: readonly CodeFile[]): Sighting[] {
  return files.flatMap(({ path, text }) => {
    const bare = withoutComments(text)
    const at = (index: number): number => bare.slice(0, index).split('\n').length
    return [
      ...signs.flatMap(([capability, sign]) => [...bare.matchAll(sign)].map((found) => ({ capability, shown: found[0].trim(), file: path, line: at(found.index) }))),
      ...[...bare.matchAll(environment)].map((found) => ({ capability: `env:${found[1] ?? found[3] ?? '*'}`, shown: found[0], file: path, line: at(found.index) })),
    ]
  })
}

/** Whether any file has it outside comments. */
export const mentions = (files: readonly CodeFile[], sign: RegExp): boolean => files.some(({ text }) => sign.test(withoutComments(text)))

/** Comments become spaces, so that lines stay where they are. Texts are skipped over, for `//` stands in many of them. */
export function withoutComments(text: string): string {
  return text.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[^]*?\*\/|\/\/[^\n]*/g, (found) => (found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found))
}
