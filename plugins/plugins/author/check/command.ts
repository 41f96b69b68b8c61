import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { command, paintOf } from 'nexus-gateway/sdk'
import type { Command } from 'nexus-gateway/sdk'
import { gather, type Tools } from './facts.ts'
import { judged, reportText, type CheckReport } from './report.ts'
import { createTools } from './tools.ts'

export interface CheckOptions { readonly tools: Tools; readonly isolates: boolean; readonly config?: Readonly<Record<string, unknown>> | undefined }

export async function checkFolder(dir: string, { tools, isolates, config }: CheckOptions): Promise<CheckReport> {
  return judged(await gather(dir, tools, { tiers: isolates ? ['trusted', 'isolated'] : ['trusted'], ...(config && { config }) }))
}

export const checkCommand: Command = command({
  summary: 'Examine a plugin: types, tests, leaks, capabilities, names, docs; exits 1 if it is not ready',
  args: ['[dir]'],
  options: { config: { summary: 'A JSON file with settings to run it with', value: 'FILE' } },
  examples: ['nexus plugins check', 'nexus plugins check ./weather --json'],
  async run(io) {
    const { release } = await import('nexus-gateway/sdk/pack')
    const { root, isolates } = await release()
    const file = io.options['config']
    const config = typeof file === 'string' ? JSON.parse(await readFile(resolve(file), 'utf8')) as Record<string, unknown> : undefined
    const report = await checkFolder(resolve(String(io.args['dir'] ?? '.')), { tools: createTools(root, io.signal), isolates, config })
    io.print(reportText(report, paintOf(io)), report)
    return report.grade === 'none' ? 1 : 0
  },
})
