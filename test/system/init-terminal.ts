/** A command of the built binary on a real terminal: util-linux's `script` has one, and passes on what is typed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { binary } from '../kernel/cli/spawn.ts'

export interface Terminal extends AsyncDisposable {
  type(keys: string): void
  /** What was said so far, without colours and moves of the cursor. */
  said(): string
  /** Waits until `text` was said, `times` times. Throws what was said instead if that takes too long. */
  until(text: string, times?: number): Promise<void>
  /** Moves down to the offer that begins so, and takes it. */
  pick(label: string): Promise<void>
  ended(): Promise<number | null>
}

const patienceMs = 45_000

export function onTerminal(args: readonly string[], env: Readonly<Record<string, string>>): Terminal {
  // Without a terminal of our own it would be one of no width.
  const line = `stty cols 120 rows 50; exec ${[process.execPath, binary(), ...args].map((word) => `'${word}'`).join(' ')}`
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: { PATH: process.env['PATH'], HOME: '/nowhere', TERM: 'xterm', COLUMNS: '120', LINES: '50', ...env }, stdio: 'pipe' })
  let raw = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { raw += text })
  child.stderr.on('data', (text) => { raw += String(text) })
  child.stdin.on('error', () => {}) // it has ended: `ended` says how
  const closed = once(child, 'close') as Promise<[number | null]>
  // oxlint-disable-next-line no-control-regex
  const said = (): string => raw.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')

  async function until(isSo: () => boolean, what: string): Promise<void> {
    for (const end = Date.now() + patienceMs; !isSo();) {
      if (Date.now() > end || child.exitCode !== null) throw new Error(`"${what}" was not said, but:\n${said()}`)
      await sleep(25)
    }
  }

  return {
    said,
    type: (keys) => void child.stdin.write(keys),
    until: (text, times = 1) => until(() => said().split(text).length > times, text),
    async pick(label) {
      // The one that is chosen has another mark than the others.
      const isOn = (): boolean => said().lastIndexOf(`● ${label}`) > said().lastIndexOf(`○ ${label}`)
      for (let left = 12; left > 0 && !isOn(); left--) {
        child.stdin.write('\u001b[B')
        await sleep(150)
      }
      await until(isOn, `● ${label}`)
      child.stdin.write('\r')
    },
    ended: async () => (await closed)[0],
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await closed
    },
  }
}
