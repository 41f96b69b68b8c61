/** `list` and `search`: what is in the workspace. */
import * as v from 'valibot'
import { tool, toolText } from '../tools/contract.ts'
import type { AnyTool, ToolCall } from '../tools/contract.ts'
import { fail } from './errors.ts'
import { checkFile } from './find.ts'
import type { Bounds, Found } from './find.ts'
import { path } from './file-tools.ts'
import { wholeOf } from './files.ts'
import type { OpenFiles } from './files.ts'
import { pathMatches } from './glob.ts'
import { told } from './told.ts'
import { walkTree } from './tree.ts'
import type { Step } from './tree.ts'
import type { Walker } from './walk.ts'

const maxListed = 1_000
const maxVisited = 20_000
const maxFileBytes = 1_048_576
const maxSearchedBytes = 67_108_864
const maxLineChars = 300
const glob = v.pipe(v.string(), v.minLength(1), v.maxLength(500), v.description('Only such paths, as in *.ts or src/**/*.md.'))
const marks = { folder: '/', link: '@', file: '', other: '=' } as const

export interface LookParts {
  readonly walker: Walker
  readonly bounds: Bounds
  filesOf(call: ToolCall): OpenFiles
}

export function lookTools({ walker, bounds, filesOf }: LookParts): Readonly<Record<string, AnyTool>> {
  /** With the folder at `path`, and where it is from the root. */
  const inFolder = <T>(call: ToolCall, path: string, use: (found: Found, prefix: string) => Promise<T>): Promise<T> => filesOf(call).finder.at(path, (found) => {
    if (!found.place) throw fail('NEXUS_WORKSPACE_NOT_FOUND')
    if (!found.place.stats.isDirectory()) throw fail('NEXUS_WORKSPACE_NOT_FOLDER')
    return use(found, found.prefix)
    // One that nobody has written to yet is empty, and not an error.
  }, { make: path === '.' })

  return {
    list: tool({
      group: 'fs', effect: 'read', tier: 'balanced',
      description: 'Lists files and folders of the workspace: folders end with /, links with @ and are not followed.',
      params: v.strictObject({ path: v.optional(path, '.'), depth: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16), v.description('How many levels: 1, or all with a glob, if left out.'))), glob: v.optional(glob) }),
      run: ({ path, depth, glob }, call) => told(() => inFolder(call, path, async (found, prefix) => {
        const lines: string[] = []
        const complete = await walkTree(found, prefix, { walker, mounts: bounds.mounts, depth: depth ?? (glob === undefined ? 1 : 16), maxEntries: maxVisited, patternChars: glob?.length ?? 0, signal: call.signal }, (step) => {
          if (glob !== undefined && !pathMatches(glob, step.path)) return true
          if (lines.length === maxListed) return false
          lines.push(inOneLine(step.path) + marks[step.type])
          return true
        })
        return { ...toolText(`${lines.join('\n') || '[There is nothing.]'}${complete ? '' : '\n[There is more than is shown.]'}`), details: { count: lines.length, complete } }
      })),
    }),
    search: tool({
      group: 'fs', effect: 'read', tier: 'fast',
      description: 'Finds a text in the files of the workspace, line by line, as it stands and not as a pattern. Answers with path:line: text.',
      params: v.strictObject({
        query: v.pipe(v.string(), v.minLength(1), v.maxLength(500), v.description('A part of a line.')),
        path: v.optional(path, '.'), glob: v.optional(glob), ignoreCase: v.optional(v.boolean(), false),
        limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500), v.description('How many lines to give.')), 100),
      }),
      run: ({ query, path, glob, ignoreCase, limit }, call) => told(() => inFolder(call, path, async (found, prefix) => {
        const hits: string[] = []
        const state = { bytes: 0, skipped: 0 }
        const complete = await walkTree(found, prefix, { walker, mounts: bounds.mounts, maxEntries: maxVisited, patternChars: glob?.length ?? 0, signal: call.signal }, async (step) => {
          if (step.type !== 'file' || (glob !== undefined && !pathMatches(glob, step.path))) return true
          call.signal.throwIfAborted()
          const { text, bytes = 0 } = await textAt(found, step)
          if (text === undefined) state.skipped++
          else hits.push(...linesWith(text, query, ignoreCase, limit - hits.length).map((hit) => `${inOneLine(step.path)}:${hit}`))
          state.bytes += bytes
          return hits.length < limit && state.bytes < maxSearchedBytes
        })
        const notes = [...(complete ? [] : ['There is more than was looked at or is shown.']), ...(state.skipped === 0 ? [] : [`Left out as too large or no text: ${state.skipped}.`])]
        return { ...toolText([hits.join('\n') || '[Nothing found.]', ...notes.map((note) => `[${note}]`)].join('\n')), details: { count: hits.length, complete, ...state } }
      })),
    }),
  }

  /** No text of what is none, is too large or is not the workspace's own. `bytes`: what was read, text or not. */
  async function textAt(found: Found, { folder, name }: Step): Promise<{ readonly text?: string; readonly bytes?: number }> {
    const place = await found.step(folder, name).catch(() => undefined)
    if (!place) return {}
    try {
      checkFile(place, bounds)
      await walker.verify(found.root, place, bounds.mounts)
      if (place.stats.size > BigInt(maxFileBytes)) return {}
      const handle = await walker.read(place)
      try {
        const bytes = Buffer.from(await wholeOf(handle, maxFileBytes, Number(place.stats.size)))
        return { bytes: bytes.length, ...(!bytes.includes(0) && { text: bytes.toString('utf8') }) }
      } finally {
        await handle.close()
      }
    } catch {
      // Not readable, or not a file by now.
      return {}
    } finally {
      await place.close()
    }
  }
}

function linesWith(text: string, query: string, ignoreCase: boolean, limit: number): string[] {
  const fold = (part: string): string => (ignoreCase ? part.toLowerCase() : part)
  const wanted = fold(query)
  if (!fold(text).includes(wanted)) return []
  const hits: string[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (hits.length >= limit) break
    if (fold(line).includes(wanted)) hits.push(`${at + 1}: ${line.trim().slice(0, maxLineChars)}`)
  }
  return hits
}

/** A name may hold line ends, and so lines that nobody has written; no such name can be asked for. */
const inOneLine = (path: string): string => path.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
