/** `nexus config edit`: the text in the operator's editor, as often as it takes, and never lost. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createPrivate, paintOf, plain, type CommandIo } from 'nexus-gateway/sdk'
import type { ConfigIssue, ConfigSnapshot, ConfigVerdict, ConfigWriteResult } from './contract.ts'
import { skeleton } from './edit.ts'
import { fail } from './errors.ts'
import { issueLine, issuesText, writtenText } from './screen.ts'

const mark = '// ┃ '
const usualEditor = 'vi'
/** Of this command's own making. */
const isCopy = /\/edit-[0-9a-f]{8}\.json5$/

export async function edit(io: CommandIo): Promise<number> {
  const snapshot = await io.call('config.get') as ConfigSnapshot
  const start = await startText(io, snapshot)
  const copy = await newCopy(join(io.paths.state, 'config'))
  let offered = start
  await put(copy, offered)
  for (let turn = 1; ; turn++) {
    await run(io, copy)
    const text = withoutMarks(await readFile(copy, 'utf8'))
    const goesOn = turn === 1 && io.options['from'] !== undefined
    if (text === withoutMarks(offered) && !goesOn) return givenUp(io, copy, turn === 1)
    const { ok, issues } = await io.call('config.validate', { raw: text }) as ConfigVerdict
    if (ok) return save(io, copy, text, snapshot.hash)
    io.stderr.write(`${issuesText(issues.map((issue) => (issue.file === snapshot.path ? { ...issue, file: copy } : issue)), paintOf(io))}\n\n`)
    offered = withMarks(text, issues)
    await put(copy, offered)
    if (!io.stdin.isTTY) return kept(io, copy)
    io.stderr.write('Back to the editor; leave it without a change to stop.\n')
  }
}

/** What cannot be shown without its secrets is read from the disk, where this is the machine that it is on. */
async function startText(io: CommandIo, { raw, path }: ConfigSnapshot): Promise<string> {
  const from = io.options['from']
  if (typeof from === 'string') return read(from)
  return raw === null ? read(path) : raw.trim() === '' ? skeleton : raw
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw fail('NEXUS_CONFIG_FILE', { file, reason: (error as NodeJS.ErrnoException).code ?? 'unknown' }, error)
  }
}

async function save(io: CommandIo, copy: string, text: string, baseHash: string): Promise<number> {
  try {
    const done = await io.call('config.set', { raw: text, baseHash, ...(io.options['force'] === true && { force: true }) }) as ConfigWriteResult
    for (const used of [copy, io.options['from']]) if (typeof used === 'string' && isCopy.test(used)) await rm(used, { force: true })
    io.print(writtenText(done, paintOf(io)), done)
    return 0
  } catch (error) {
    if (error instanceof Error) io.stderr.write(`What you wrote is kept in ${copy}; go on with: nexus config edit --from ${copy}\n`)
    throw error
  }
}

async function givenUp(io: CommandIo, copy: string, untouched: boolean): Promise<number> {
  if (!untouched) return kept(io, copy)
  await rm(copy, { force: true })
  io.print('nothing was changed', { ok: true, noop: true })
  return 0
}

function kept(io: CommandIo, copy: string): number {
  io.print(`nothing was changed; what you wrote is kept in ${copy}\ngo on with: nexus config edit --from ${copy}`, { ok: false, copy })
  return 1
}

// ── The copy ────────────────────────────────────────────────────────────────────────────────────

async function newCopy(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
  return join(dir, `edit-${randomBytes(4).toString('hex')}.json5`)
}

/** Whole or not at all, so that nothing of an earlier text is lost. */
async function put(copy: string, text: string): Promise<void> {
  const draft = `${copy}.tmp`
  await rm(draft, { force: true })
  await createPrivate(draft, text)
  await rename(draft, copy)
}

/** The faults as comments at the top; lines are counted as they are without them. */
function withMarks(text: string, issues: readonly ConfigIssue[]): string {
  const lines = issues.flatMap((issue) => [`${issue.line === undefined ? '' : `line ${issue.line + marksOf(issues)}, column ${issue.column}: `}${issueLine(issue)}`])
  return [...['These settings are not valid, and are not in use:', ...lines.map(plain), 'Correct them; the lines with this bar are left out when you save.'].map((line) => mark + line), text].join('\n')
}

const marksOf = (issues: readonly ConfigIssue[]): number => issues.length + 2

const withoutMarks = (text: string): string => text.split(/(?<=\n)/).filter((line) => !line.startsWith(mark.trimEnd())).join('')

/** Through the shell, because EDITOR may hold arguments, as in `code --wait`. */
function run(io: CommandIo, copy: string): Promise<void> {
  const editor = io.env['VISUAL'] || io.env['EDITOR'] || usualEditor
  return new Promise((resolve, reject) => {
    const failed = (reason: string, cause?: unknown): void => reject(fail('NEXUS_CONFIG_EDITOR', { reason, copy }, cause))
    const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', copy], { stdio: 'inherit', env: io.env })
    child.once('error', (error) => failed(error.message, error))
    child.once('exit', (code, signal) => (code === 0 ? resolve() : failed(signal === null ? `exit status ${code}` : signal)))
  })
}

