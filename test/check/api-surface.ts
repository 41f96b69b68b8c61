/**
 * The public types, as a stranger's compiler sees them: of each entry point the declarations it exports, and those
 * that these are made of. One text per entry point, without comments and in the order of names, so that only a change
 * of the types themselves changes it.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')
export const kept = join(import.meta.dirname, 'api')

interface Declaration { readonly name: string; readonly text: string }
interface File {
  readonly declarations: readonly Declaration[]
  /** Name here → where it comes from. */
  readonly imported: ReadonlyMap<string, { readonly file: string; readonly name: string }>
  /** Exported name → name here; `*` for what a whole file exports. */
  readonly exported: readonly { readonly as: string; readonly name: string; readonly file?: string }[]
}

/** What `package.json` exports, by the name of its snapshot. */
export function entryPoints(): ReadonlyMap<string, string> {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, string | { types: string }> }
  const types = Object.values(exports).flatMap((to) => (typeof to === 'string' ? [] : [to.types.replace(/^\.\/dist\/types\//, '').replace(/\.d\.ts$/, '')]))
  const contracts = readdirSync(join(root, 'plugins')).filter((id) => existsSync(join(root, 'plugins', id, 'contract.ts'))).map((id) => `plugins/${id}/contract`)
  return new Map([...types.filter((path) => !path.includes('*')), ...contracts].sort().map((path) => [path.replace(/\/contract$/, '').replaceAll('/', '.'), path]))
}

/** By the name of the snapshot. Compiles the declarations anew, into a folder of its own. */
export function surface(): ReadonlyMap<string, string> {
  const dir = mkdtempSync(join(tmpdir(), 'nexus-api-'))
  try {
    const config = join(dir, 'tsconfig.json')
    writeFileSync(config, JSON.stringify({ extends: join(root, 'sdk/tsconfig.json'), compilerOptions: { rootDir: root, outDir: join(dir, 'types'), typeRoots: [join(root, 'node_modules/@types')] }, include: [join(root, 'sdk/*.ts'), join(root, 'plugins/*/contract.ts')], exclude: [] }))
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], { stdio: 'pipe' })
    const entries = entryPoints()
    const files = new Map<string, File>()
    return new Map([...entries].map(([name, entry]) => [name, textOf(entry, new Set(entries.values()), (path) => fileAt(join(dir, 'types'), path, files))]))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

function fileAt(types: string, path: string, files: Map<string, File>): File {
  const known = files.get(path) ?? parsed(path, readFileSync(join(types, `${path}.d.ts`), 'utf8'))
  files.set(path, known)
  return known
}

/** Files named in declarations, from the root and without their ending; others are packages. */
const fileOf = (from: string, to: string): string => (to.startsWith('.') ? posix.join(dirname(from), to).replace(/\.(d\.)?[cm]?[jt]s$/, '') : to)
const isFile = (path: string): boolean => /^(kernel|sdk|plugins)\//.test(path)

/** The compiler writes each top-level statement from the first column on, and what is inside it further in. */
function parsed(path: string, source: string): File {
  const statements = withoutComments(source).split(/\n(?=(?:export|import|declare|interface|type|abstract|class|const|let|var|function|enum|namespace)\b)/).map((text) => text.replace(/[ \t]+$/gm, '').replace(/\n{2,}/g, '\n').trim()).filter(Boolean)
  const imported = new Map<string, { file: string; name: string }>()
  const exported: { as: string; name: string; file?: string }[] = []
  const declarations: Declaration[] = []
  for (const text of statements) {
    const names = /^(import|export)(?: type)? (?:(\w+),? ?)?(?:\{([^}]*)\}|\* as (\w+)|(\*))?(?: from)? ?["']([^"']+)["'];?$/s.exec(text)
    const listed = /^export (?:type )?\{([^}]*)\};?$/s.exec(text)
    const declared = /^(export )?(default )?(?:declare )?(?:abstract )?(?:const|let|var|function|class|interface|type|enum|namespace)\s+([\w$]+)/.exec(text)
    if (names?.[1] === 'import') for (const { name, as } of listOf(names[3])) imported.set(as, { file: fileOf(path, names[6]!), name })
    else if (names?.[5]) exported.push({ as: '*', name: '*', file: fileOf(path, names[6]!) })
    else if (names) for (const { name, as } of listOf(names[3])) exported.push({ as, name, file: fileOf(path, names[6]!) })
    else if (listed) for (const { name, as } of listOf(listed[1])) exported.push({ as, name })
    else if (declared) {
      declarations.push({ name: declared[3]!, text: inlined(path, text, imported) })
      if (declared[1]) exported.push({ as: declared[2] ? 'default' : declared[3]!, name: declared[3]! })
    } else if (!text.startsWith('export default ')) throw new Error(`${path}: a statement of an unknown kind: ${text.slice(0, 80)}`)
  }
  return { declarations, imported, exported }
}

const listOf = (text = ''): { name: string; as: string }[] => text.split(',').map((one) => one.trim().replace(/^type /, '')).filter(Boolean).map((one) => {
  const [name = '', as = name] = one.split(/\s+as\s+/)
  return { name, as }
})

/** `import("./x.ts").Y` becomes `Y`, which is then like any import. */
function inlined(path: string, text: string, imported: Map<string, { file: string; name: string }>): string {
  return text.replace(/import\("([^"]+)"\)\.(\w+)/g, (whole, to: string, name: string) => {
    const file = fileOf(path, to)
    if (!isFile(file)) return whole
    if (!imported.has(name)) imported.set(name, { file, name })
    return name
  })
}

function textOf(entry: string, entries: ReadonlySet<string>, read: (path: string) => File): string {
  const found = new Map<string, string>()
  const shown = new Set<string>()
  const outside = (path: string): boolean => !isFile(path) || (path !== entry && entries.has(path))

  function visit(path: string, name: string): void {
    const key = `${path} ${name}`
    if (outside(path) || found.has(key)) return
    const { declarations, imported, exported } = read(path)
    const from = imported.get(name) ?? exported.find(({ as, file }) => as === name && file !== undefined)
    if (from?.file !== undefined) return visit(from.file, from.name)
    const own = declarations.filter((one) => one.name === (exported.find(({ as }) => as === name)?.name ?? name))
    if (own.length === 0) for (const { file } of exported.filter(({ as }) => as === '*')) if (file && isFile(file)) visit(file, name)
    if (own.length === 0) return
    // Whether a declaration is exported from the file it stands in is nobody's concern.
    found.set(key, own.map(({ text }) => text.replace(/^(export )?(declare )?/, '')).join('\n'))
    for (const { text } of own) for (const [word] of text.matchAll(/[A-Za-z_$][\w$]*/g)) if (word !== name && (imported.has(word) || declarations.some((one) => one.name === word))) visit(path, word)
  }

  function exportsOf(path: string): void {
    for (const { as, name, file } of read(path).exported) {
      if (as === '*' && file && isFile(file)) exportsOf(file)
      else if (as !== '*') {
        shown.add(file !== undefined && outside(file) ? `${as} = ${name} of ${file}` : as)
        visit(file ?? path, name)
      }
    }
  }
  exportsOf(entry)
  const texts = [...found].map(([key, text]) => ({ name: key.split(' ')[1]!, text: text.replace(/;$/, '') })).sort((a, b) => (`${a.name} ${a.text}` < `${b.name} ${b.text}` ? -1 : 1))
    .filter(({ text }, i, all) => text !== all[i - 1]?.text)
    // Files have helpers of one name.
    .map(({ name, text }, i, all) => {
      const before = all.slice(0, i).filter((one) => one.name === name).length
      return { text: before === 0 ? text : text.replace(new RegExp(`(^|\\n)((?:abstract )?\\w+ )${name.replaceAll('$', '\\$')}\\b`, 'g'), `$1$2${name}_${before + 1}`) }
    })
  return `// The public types of ${entry}, 300 lines or more. Written by \`node test/check/api-accept.mjs\`, and not by hand.\n// Exported: ${[...shown].sort().join(', ')}\nexport {}\n\n${texts.map(({ text }) => `declare ${text}\n`).join('\n')}`
}

// ── Comparing ───────────────────────────────────────────────────────────────────────────────────

export interface Change {
  readonly name: string
  /** `addition`: what was written against the old one goes on working. */
  readonly kind: 'addition' | 'break'
  readonly why: string
  /** Lines with `+` and `-`. */
  readonly diff: readonly string[]
}

/** How one surface differs from another, by declaration. */
export function changes(before: string, after: string): Change[] {
  const [was, is] = [declarationsIn(before), declarationsIn(after)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name): Change[] => {
    const [old, now] = [was.get(name), is.get(name)]
    if (old === now) return []
    if (old === undefined) return [{ name, kind: 'addition', why: 'new', diff: now!.split('\n').map((line) => `+ ${line}`) }]
    if (now === undefined) return [{ name, kind: 'break', why: 'gone', diff: old.split('\n').map((line) => `- ${line}`) }]
    const diff = lineDiff(old.split('\n'), now.split('\n'))
    return [{ name, diff, ...judged(now, diff) }]
  })
}

/** The list of exported names counts as one more declaration. */
function declarationsIn(text: string): Map<string, string> {
  const found = new Map<string, string>()
  const listed = /^\/\/ Exported: (.*)$/m.exec(text)?.[1] ?? ''
  for (const name of listed.split(', ').filter(Boolean)) found.set(`export ${name}`, name)
  for (const one of text.split(/\n\n(?=declare )/).slice(1)) {
    const key = /^declare (?:abstract )?\w+ ([\w$]+)/.exec(one)?.[1] ?? one
    found.set(key, one.trim())
  }
  return found
}

const optionalMember = /^\+ +(readonly )?(['"][^'"]+['"]|[\w$]+)\?[:(]/

function judged(now: string, diff: readonly string[]): Pick<Change, 'kind' | 'why'> {
  const [added, removed] = [diff.filter((line) => line.startsWith('+')), diff.filter((line) => line.startsWith('-'))]
  if (removed.length > 0) return { kind: 'break', why: 'changed' }
  if (now.startsWith('declare const ')) return { kind: 'addition', why: 'there is more of it' }
  return added.every((line) => optionalMember.test(line)) ? { kind: 'addition', why: 'members that may be left out' } : { kind: 'break', why: 'a member that whoever makes one has to give' }
}

/** By the longest common subsequence; only the lines that differ. */
export function lineDiff(before: readonly string[], after: readonly string[]): string[] {
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) lengths[i * width + j] = before[i] === after[j] ? lengths[(i + 1) * width + j + 1]! + 1 : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  }
  const diff: string[] = []
  for (let i = 0, j = 0; i < before.length || j < after.length;) {
    if (i < before.length && j < after.length && before[i] === after[j]) { i++; j++ }
    else if (j >= after.length || (i < before.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)) diff.push(`- ${before[i++]}`)
    else diff.push(`+ ${after[j++]}`)
  }
  return diff
}

/** A comment's marks inside a text are part of that text. */
const withoutComments = (source: string): string =>
  source.replace(/('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\*[^]*?\*\//g, (_, text: string | undefined) => text ?? '').replace(/^\s*\/\/.*$/gm, '')
