import { join } from 'node:path'
import * as v from 'valibot'
import { configChanged, definePlugin, kernelReady, logWritten, pluginLoaded, pluginUnloaded } from 'nexus-gateway/sdk'
import type { LogRecord } from 'nexus-gateway/sdk'
import { logs, secretsHeld } from './contract.ts'
import { logFile } from './file.ts'
import { createRecorder, logLevels } from './recorder.ts'
import { createRedactor } from './redact.ts'
import { tail } from './tail.ts'

/** Long enough for those to get in who wait for the gateway to be ready: until then lines wait in memory. */
const openSoonMs = 50
/** pino is loaded this long after the start if `kernel.ready` never comes: a reload, or a start that fails. */
const openAtLatestMs = 2_000

const byteCount = (fallback: number) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(64 * 1024)), fallback)

export default definePlugin({
  ...logs,
  config: v.strictObject({
    /** `NEXUS_LOG` wins over it. */
    level: v.optional(v.picklist(logLevels), 'info'),
    maxBytes: byteCount(10 * 1024 * 1024),
    files: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(100)), 5),
  }),
  capabilities: ['tap:log.written'],
  safe: true,
  setup(ctx) {
    const file = join(ctx.paths.state, 'logs', 'nexus.log')
    const level = logLevels.find((name) => name === process.env['NEXUS_LOG']) ?? ctx.config.level
    const redactor = createRedactor()
    const out = logFile({
      file,
      maxBytes: ctx.config.maxBytes,
      files: ctx.config.files,
      onTrouble: (error) => ctx.log.error('the log file cannot be written; lines are dropped', { file, error }),
      onRecovered: (lost) => ctx.log.warn('the log file is written again', { lost }),
    })
    const recorder = createRecorder({ level, redactor: { ...redactor, record }, write: out.write })
    let asking = false
    let allPrompt = true

    async function learnSecrets(): Promise<void> {
      redactor.know((await ctx.invoke(secretsHeld)).flat())
      allPrompt = true
    }
    /** Whatever a plugin has learnt by now, such as a key that was just replaced, is covered from this very line on. */
    function record(line: LogRecord): LogRecord {
      if (!asking && allPrompt) learnAtOnce()
      return redactor.record(line)
    }
    /** Only while everybody answers at once: a line does not wait. Asking may itself end in a line of the log. */
    function learnAtOnce(): void {
      asking = true
      const held = ctx.invoke(secretsHeld)
      asking = false
      allPrompt = Array.isArray(held)
      if (Array.isArray(held)) redactor.know(held.flat())
    }
    async function open(): Promise<void> {
      await learnSecrets()
      await recorder.open()
    }

    ctx.tap(logWritten, (record) => recorder.record(record))
    // Not awaited by the start: the timer runs once the gateway serves.
    ctx.tap(kernelReady, () => ctx.scope.timeout(open, openSoonMs))
    ctx.scope.timeout(open, openAtLatestMs)
    for (const changed of [pluginLoaded, pluginUnloaded] as const) ctx.tap(changed, learnSecrets)
    ctx.tap(configChanged, learnSecrets)

    process.on('exit', out.flushSync)
    ctx.scope.defer(async () => {
      process.off('exit', out.flushSync)
      if (recorder.waiting) await recorder.open()
      await out.close()
    }, 'log file')

    return {
      methods: {
        'logs.tail': async (params) => {
          await open()
          await out.flush()
          return tail(file, params)
        },
      },
    }
  },
})
