/** All logs: a handle by name, and as many open files as the bound allows. */
import { join } from 'node:path'
import type { AppendLog } from './contract.ts'
import { fail } from './errors.ts'
import { checkLines, createLogFile, type LogEnv, type LogFile } from './log-file.ts'
import { checkName, pathParts } from './names.ts'

export interface Logs {
  log(name: string): AppendLog
  readonly openCount: number
  close(): Promise<void>
}

export function createLogs(root: string, env: LogEnv & { readonly maxOpen: number }): Logs {
  const files = new Map<string, LogFile>() // least recently used first
  let closed = false

  function file(name: string): LogFile {
    if (closed) throw fail('NEXUS_STORE_CLOSED')
    const found = files.get(name)
    const used = found ?? createLogFile(name, `${join(root, ...pathParts(name))}.jsonl`, env)
    if (found) files.delete(name)
    files.set(name, used)
    if (!found) evict(used)
    return used
  }

  /** Busy logs stay, so there can be more than the bound, but never more than there is work for. */
  function evict(wanted: LogFile): void {
    let over = files.size - env.maxOpen
    for (const [name, log] of files) {
      if (over <= 0) return
      if (log === wanted || !log.idle) continue
      files.delete(name)
      over--
      log.close().catch((error: unknown) => env.log.warn('could not close a log', { log: name, reason: String(error) }))
    }
  }

  return {
    log(name) {
      checkName('log', name)
      return {
        name,
        async append(line) {
          const lines = typeof line === 'string' ? [line] : line
          checkLines(name, lines, env.maxLineBytes)
          if (lines.length > 0) return file(name).append(lines)
          const end = await file(name).size()
          return { offset: end, end }
        },
        read: ({ from = 0, limit = Infinity } = {}) => file(name).read(from, limit),
        lastLines: async (count, { before = Infinity, maxBytes = env.maxLineBytes } = {}) => file(name).lastLines(count, before, maxBytes),
        readBytes: async (from, max = 65_536) => file(name).readBytes(from, max),
        size: async () => file(name).size(),
        remove: async () => file(name).remove(),
      }
    },
    get openCount() {
      let open = 0
      for (const log of files.values()) if (log.open) open++
      return open
    },
    async close() {
      closed = true
      const results = await Promise.allSettled([...files.values()].map((log) => log.close()))
      files.clear()
      const failed = results.find((r) => r.status === 'rejected')
      if (failed) throw failed.reason
    },
  }
}
