import fc from 'fast-check'
import { expect, test } from 'vitest'
import { levelOf, textSink } from '../../../kernel/cli/log-text.ts'
import { createLogger, type LogSink } from '../../../kernel/log.ts'
import type { LogRecord } from '../../../kernel/points.ts'

const list = (): LogRecord[] & { sink: LogSink } => Object.assign([] as LogRecord[], { sink(this: void, _: LogRecord) {} })
function gathered() {
  const records = list()
  records.sink = (record) => void records.push(record)
  return records
}
const texts = (records: readonly LogRecord[]) => records.map(({ message }) => message)

test('a sink that comes late is given what came before it, until the log is settled', () => {
  const log = createLogger({ now: () => 5 })
  log.info('one')
  log.for('cron').warn('two', { at: 1 })
  const [first, second, late] = [gathered(), gathered(), gathered()]
  log.addSink(first.sink)
  log.error('three')
  log.addSink(second.sink)
  log.settle()
  log.addSink(late.sink)
  log.debug('four')
  expect(texts(first)).toEqual(['one', 'two', 'three', 'four'])
  expect(texts(second)).toEqual(texts(first))
  expect(texts(late)).toEqual(['four'])
  expect(first[1]).toEqual({ time: 5, level: 'warn', plugin: 'cron', message: 'two', fields: { at: 1 } })
  expect(first[2]).toEqual({ time: 5, level: 'error', plugin: 'kernel', message: 'three' })
})

test('what is kept is bounded, and the newest is kept', () => {
  const log = createLogger()
  for (let i = 0; i < 2_500; i++) log.info(String(i))
  const records = gathered()
  log.addSink(records.sink)
  expect(records).toHaveLength(1_000)
  expect(texts(records).at(-1)).toBe('2499')
})

test('a level leaves out what is below it', () => {
  const log = createLogger({ level: 'warn' })
  const records = gathered()
  log.addSink(records.sink)
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level)
  expect(texts(records)).toEqual(['warn', 'error'])
})

test('a sink that throws is taken off, told of, and harms nobody', () => {
  const log = createLogger()
  const records = gathered()
  let calls = 0
  log.addSink(() => {
    calls++
    throw new Error('full')
  })
  const off = log.addSink(records.sink)
  log.info('one')
  log.info('two')
  off()
  log.info('three')
  expect(calls).toBe(1)
  expect(texts(records)).toEqual(['a log sink failed and was taken off', 'one', 'two'].sort((a, b) => texts(records).indexOf(a) - texts(records).indexOf(b)))
  expect(records).toHaveLength(3)
})

test('a line for people has time, level, plugin, message and fields, and the stack of an error below it', () => {
  const lines: string[] = []
  const sink = textSink({ write: (text: string) => lines.push(text) }, 'info')
  const error = new Error('no luck')
  error.stack = 'Error: no luck\n    at fn (/a.ts:1:2)'
  sink({ time: 0, level: 'info', plugin: 'cron', message: 'it ran', fields: { ms: 5, name: 'a b', of: { apiKey: 'hunter2', n: 1 }, token: 'hunter2', none: undefined, error } })
  sink({ time: 0, level: 'debug', plugin: 'cron', message: 'not shown' })
  expect(lines).toEqual(['00:00:00.000 info  cron it ran ms=5 name="a b" of="{\\"apiKey\\":\\"[redacted]\\",\\"n\\":1}" token=[redacted] error="no luck"\n    at fn (/a.ts:1:2)\n'])
})

test('one record is one line that cannot steer a terminal, whatever is in it', () => {
  fc.assert(fc.property(fc.string(), fc.dictionary(fc.string(), fc.anything()), (message, fields) => {
    let text = ''
    textSink({ write: (line: string) => { text += line } }, 'debug')({ time: 0, level: 'error', plugin: 'x', message, fields })
    // oxlint-disable-next-line no-control-regex
    expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    expect(text.endsWith('\n')).toBe(true)
  }))
})

test.each([['debug', 'debug'], ['error', 'error'], ['loud', undefined], ['', undefined], [undefined, undefined]])('NEXUS_LOG=%s is level %s', (text, level) => {
  expect(levelOf(text)).toBe(level)
})
