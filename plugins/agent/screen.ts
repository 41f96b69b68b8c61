/** What the commands print. */
import type { InferOutput } from 'valibot'
import { plain } from 'nexus-gateway/sdk'
import type { Paint } from 'nexus-gateway/sdk'
import type { FilesGetResult, FilesListResult } from './wire-agents.ts'
import type { AgentsGetResult, RunsGetResult, RunsListResult } from './wire-shapes.ts'

export type AgentGot = InferOutput<typeof AgentsGetResult>
export type FilesListed = InferOutput<typeof FilesListResult>
export type FileGot = InferOutput<typeof FilesGetResult>
export type RunsListed = InferOutput<typeof RunsListResult>
export type RunGot = InferOutput<typeof RunsGetResult>

export function agentScreen({ id, name, ...rest }: AgentGot, paint: Paint): string {
  const lines = Object.entries(rest).map(([key, value]) => `  ${key.padEnd(14)} ${plain(typeof value === 'object' ? JSON.stringify(value) : String(value))}`)
  return [`${paint('bold', id)}${name === undefined ? '' : `  ${plain(name)}`}`, ...lines].join('\n')
}

export const filesScreen = ({ workspace, files }: FilesListed): string => [plain(workspace), ...files.map(({ name, missing, size }) => `  ${plain(name).padEnd(20)} ${missing ? '-' : `${size} bytes`}`)].join('\n')

export function runsScreen({ runs }: RunsListed, paint: Paint): string {
  if (runs.length === 0) return 'No runs yet.'
  return runs.map(({ runId, startedAt, endedAt = startedAt, status, agentId, sessionKey, model, tokens }) =>
    `${new Date(startedAt).toISOString()}  ${paint(status === 'ok' ? 'green' : 'red', status.padEnd(11))} ${plain(runId)}  ${plain(sessionKey ?? agentId)}  ${plain(model ?? '-')}  ${tokens} tokens  ${seconds(endedAt - startedAt)}`).join('\n')
}

export function runScreen({ run }: RunGot, paint: Paint): string {
  const { runId, status, startedAt, sessionKey, agentId, label, trace, timeline, left, chars, firstMs, error } = run
  return [
    `${paint('bold', plain(runId))} ${paint(status === 'ok' ? 'green' : 'red', status)}  ${plain(sessionKey ?? agentId)}  by ${label}, trace ${plain(trace)}`,
    `${new Date(startedAt).toISOString()}  ${chars} characters${firstMs === undefined ? '' : `, the first after ${seconds(firstMs)}`}`,
    ...timeline.map(({ at, what, text, ms, isError }) => `  +${seconds(at - startedAt).padStart(9)}  ${what.padEnd(10)} ${isError ? paint('red', plain(text)) : plain(text)}${ms === undefined ? '' : paint('dim', `  ${seconds(ms)}`)}`),
    ...(left === 0 ? [] : [`  and ${left} more`]),
    ...(error === undefined ? [] : [paint('red', plain(error))]),
  ].join('\n')
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`
