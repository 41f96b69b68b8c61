/** `read`, `write`, `edit`: one file of the workspace each. */
import * as v from 'valibot'
import { tool, toolError, toolText } from '../tools/contract.ts'
import type { AnyTool, ToolCall, ToolResult } from '../tools/contract.ts'
import { diffOf } from './diff.ts'
import { edited } from './edit.ts'
import { fail } from './errors.ts'
import { wholeOf } from './files.ts'
import type { OpenFiles } from './files.ts'
import { linesFrom } from './lines.ts'
import { told } from './told.ts'

const mebibyte = 1_048_576
const maxTextBytes = mebibyte
const maxImageBytes = 5 * mebibyte
const maxLines = 2_000
const maxChars = 48_000

export const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4_096), v.description('Relative to the workspace, such as notes/today.md.'))
const content = v.pipe(v.string(), v.maxLength(mebibyte))
const line = (most: number, text: string) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most), v.description(text))

/** `filesOf`: the files that a call is about. */
export function fileTools(filesOf: (call: ToolCall) => OpenFiles): Readonly<Record<string, AnyTool>> {
  return {
    read: tool({
      group: 'fs', effect: 'read', tier: 'fast',
      description: 'Reads a text file or a picture of the workspace. Of a long file it gives a part; go on with offset.',
      params: v.strictObject({ path, offset: v.optional(line(10_000_000, 'The first line, from 1.'), 1), limit: v.optional(line(maxLines, 'How many lines.'), maxLines) }),
      run: ({ path, offset, limit }, call) => told(() => filesOf(call).reading(path, async (handle, { size, version }) => {
        const head = Buffer.alloc(16)
        await handle.read(head, 0, 16, 0)
        const mimeType = pictureType(head)
        if (mimeType !== undefined) return picture(await wholeOf(handle, maxImageBytes), mimeType)
        const window = await linesFrom(handle, { from: offset, limit, maxChars, signal: call.signal })
        if (!window) return toolError('This is no text file and no picture.')
        const last = offset + window.lines.length - 1
        const note = window.more ? `\n[Lines ${offset} to ${last}. There are more: offset ${last + 1}.]` : ''
        const empty = window.lines.length === 0 ? (offset > 1 ? '[The file has fewer lines.]' : '[The file is empty.]') : ''
        return { ...toolText(window.lines.join('\n') + empty + note), details: { path, size, version, from: offset, lines: window.lines.length, more: window.more } }
      })),
    }),
    write: tool({
      group: 'fs', effect: 'write', tier: 'balanced',
      description: 'Writes a whole text file of the workspace, new or in place of the one that is there. To change a part of it, use edit.',
      params: v.strictObject({ path, content }),
      run: ({ path, content }, call) => told(async () => {
        const files = filesOf(call)
        const before = await files.stat(path).then((info) => (info?.type === 'file' && info.size <= maxTextBytes ? textOf(files, path) : undefined))
        const { created, version } = await files.write(path, content)
        const bytes = Buffer.byteLength(content)
        return { ...toolText(`${created ? 'Written' : 'Replaced'}: ${bytes} bytes.`), details: { path, bytes, created, version, diff: diffOf(before ?? '', content) } }
      }),
    }),
    edit: tool({
      group: 'fs', effect: 'write', tier: 'balanced',
      description: 'Replaces a text in a file of the workspace by another. The old text has to be in the file exactly once, white space included, unless all is true.',
      params: v.strictObject({ path, oldText: v.pipe(content, v.minLength(1)), newText: content, all: v.optional(v.pipe(v.boolean(), v.description('Replace it wherever it stands.')), false) }),
      run: ({ path, oldText, newText, all }, call) => told(async () => {
        const files = filesOf(call)
        const { bytes, version } = await files.read(path, { maxBytes: maxTextBytes })
        const before = decoded(bytes)
        if (before === undefined) return toolError('This is no text file.')
        const change = edited(before, oldText, newText, all, maxTextBytes)
        if ('problem' in change && change.problem !== 'large') return toolError(problems[change.problem])
        if ('problem' in change || Buffer.byteLength(change.text) > maxTextBytes) throw fail('NEXUS_WORKSPACE_TOO_LARGE', { limit: maxTextBytes })
        const written = await files.write(path, change.text, { version })
        return { ...toolText(`Replaced ${change.count === 1 ? 'once' : `${change.count} times`}.`), details: { path, count: change.count, version: written.version, diff: diffOf(before, change.text) } }
      }),
    }),
  }
}

const problems = {
  none: 'oldText is not in the file as it is given. Read the file, and copy the text with all its white space.',
  several: 'oldText is in the file more than once. Give more of the lines around it, or set all.',
  same: 'oldText and newText are the same.',
} as const

const picture = (bytes: Uint8Array, mimeType: string): ToolResult => ({ content: [{ type: 'image', data: Buffer.from(bytes).toString('base64'), mimeType }], isError: false })

/** What it is by its first bytes; a name says nothing. */
function pictureType(head: Buffer): string | undefined {
  if (head.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'image/png'
  if (head.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))) return 'image/jpeg'
  if (/^GIF8[79]a/.test(head.toString('latin1'))) return 'image/gif'
  return head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP' ? 'image/webp' : undefined
}

/** Only to show what changed: what cannot be read is shown as nothing. */
async function textOf(files: OpenFiles, path: string): Promise<string | undefined> {
  const read = await files.read(path, { maxBytes: maxTextBytes }).catch(() => undefined)
  return read && decoded(read.bytes)
}

/** A byte order mark stays. */
function decoded(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
