/** Writing to the terminal without `process.stdout`, whose set-up alone costs more than `nexus --help` does. */
// Imported, a module of Node's has all its exports evaluated, also those that are there to be loaded late.
const { fstatSync, writeSync } = process.getBuiltinModule('node:fs')

const PAUSE_MS = 2

/** Writes all of `text`. A pipe that is full is waited for; a reader that has gone is no error. */
export function put(fd: 1 | 2, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') return
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
    }
  }
}

export const isTerminal = (fd: 1 | 2): boolean => fstatSync(fd).isCharacterDevice()

export type Style = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow', (text: string) => string>>

export function styleOf(fd: 1 | 2): Style {
  const plain = !isTerminal(fd) || Boolean(process.env['NO_COLOR']) || process.env['TERM'] === 'dumb'
  const code = (on: number, off: number) => (text: string) => (plain ? text : `\u001b[${on}m${text}\u001b[${off}m`)
  return { bold: code(1, 22), dim: code(2, 22), red: code(31, 39), green: code(32, 39), yellow: code(33, 39) }
}

/** JSON for a person on a terminal, for a program otherwise. */
export const jsonText = (value: unknown): string => (`${JSON.stringify(value ?? null, null, isTerminal(1) ? 2 : undefined)}\n`)

/** Rows of two columns, indented, the first one as wide as it must be. */
export function columns(rows: readonly (readonly [string, string])[], style: Style): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${style.bold(left)}${right && ' '.repeat(width - left.length + 3)}${right}`).join('\n')
}
