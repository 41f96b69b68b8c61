/** `nexus sessions …` as a person reads it. Pure. */
import { padEnd, plain, widthOf, type Paint } from 'nexus-gateway/sdk'
import type { InferOutput } from 'valibot'
import type { ArchivedTranscript, Message, SessionPreview } from './contract.ts'
import { textOf } from './entries.ts'
import { shortened } from './preview.ts'
import { fromWire } from './settings.ts'
import type { SessionsGetResult, SessionsListResult } from './wire.ts'

export type Listed = InferOutput<typeof SessionsListResult>
export type Got = Omit<InferOutput<typeof SessionsGetResult>, 'messages'> & { readonly messages: readonly Message[] }
type Row = Listed['sessions'][number]

export function listScreen({ sessions, totalCount, ts }: Listed, paint: Paint): string {
  if (sessions.length === 0) return 'No sessions yet. Begin one: nexus chat "hello"'
  const width = Math.max(...sessions.map(({ key }) => widthOf(plain(key))))
  const rows = sessions.map((row) => `${padEnd(plain(row.key), width)}  ${paint('dim', ago(ts - row.updatedAt).padStart(8))}${notesOf(row, paint)}`)
  const more = totalCount > sessions.length ? [paint('dim', `${sessions.length} of ${totalCount}; --limit N shows more`)] : []
  return [...rows, ...more].join('\n')
}

function notesOf({ label, model }: Row, paint: Paint): string {
  return [label === undefined ? '' : `  ${paint('cyan', plain(label))}`, model === undefined ? '' : `  ${plain(model)}`].join('')
}

export function showScreen({ ts, key, session, messages, archives, nextCursor }: Got, paint: Paint): string {
  const head = session ? [
    `${paint('bold', plain(key))}  ${paint('dim', session.sessionId)}`,
    paint('dim', `begun ${when(session.createdAt)}, last active ${ago(ts - session.updatedAt)} ago`),
    ...Object.entries(fromWire(session)).map(([name, value]) => `  ${paint('dim', name)} ${plain(String(value))}`),
  ] : [`${paint('bold', plain(key))}  ${paint('dim', 'there is no such session now')}`]
  return [
    ...head, '',
    ...(nextCursor === undefined ? [] : [paint('dim', '… earlier ones: --limit N')]),
    ...messages.map((message) => messageLine(message, paint)),
    ...(archives.length > 0 ? ['', paint('dim', `${archives.length} archived, shown with --archive ID:`), ...archives.map(archiveLine)] : []),
  ].join('\n')
}

const roles = { user: 'you', assistant: 'agent', toolResult: 'tool' } as const

function messageLine(message: Message, paint: Paint): string {
  const calls = message.role === 'assistant' ? message.content.flatMap((part) => (part.type === 'toolCall' ? [`→ ${part.name}`] : [])) : []
  const text = [textOf(message), ...calls].filter((one) => one !== '').join('\n')
  return `${paint('bold', roles[message.role].padStart(5))}  ${text.split('\n').map(plain).join('\n       ')}`
}

const archiveLine = ({ sessionId, archivedAt, reason, bytes }: Pick<ArchivedTranscript, 'sessionId' | 'archivedAt' | 'bytes'> & { readonly reason: string }): string =>
  `  ${sessionId}  ${when(archivedAt)}  ${reason.padEnd(8)}  ${Math.ceil(bytes / 1024)} KiB`

export function previewScreen(previews: readonly SessionPreview[], paint: Paint): string {
  return previews.map(({ key, status, items }) => [
    `${paint('bold', plain(key))}${status === 'ok' ? '' : `  ${paint('dim', status)}`}`,
    ...items.map(({ role, text }) => `  ${paint('dim', role.padEnd(9))} ${plain(shortened(text, 240))}`),
  ].join('\n')).join('\n\n')
}

const when = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

export function ago(ms: number): string {
  for (const [unit, size] of [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000]] as const) if (ms >= size) return `${Math.floor(ms / size)} ${unit}`
  return `${Math.max(0, Math.floor(ms / 1000))} s`
}
