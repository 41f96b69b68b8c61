/** The thread while there is work for it: started for the first who holds it, ended after the last. They take turns. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Answers, Question, Reply } from './scan/wire.ts'

/** Resolves to the thread's answer; rejects with what went wrong there, or when the thread ends. */
export type Ask = <K extends keyof Answers>(question: Extract<Question, { readonly ask: K }>) => Promise<Answers[K]>

export interface Held { readonly ask: Ask; release(): Promise<void> }
export interface Work extends AsyncDisposable {
  /** The thread for oneself, until it is released. */
  hold(): Promise<Held>
  readonly running: boolean
}

export interface Thread { readonly ask: Ask; readonly failed: boolean; end(): Promise<void> }

export function createWork(start: () => Thread = startThread): Work {
  let thread: Thread | undefined
  let waiting = 0
  let last: Promise<void> = Promise.resolve()
  let closed = false

  async function end(): Promise<void> {
    const ended = thread
    thread = undefined
    await ended?.end()
  }

  return {
    get running() { return thread !== undefined },
    async hold() {
      waiting++
      const before = last
      let free = (): void => {}
      last = new Promise((resolve) => { free = resolve })
      const release = async (): Promise<void> => {
        if (--waiting === 0) await end()
        free()
      }
      await before
      try {
        if (closed) throw new Error('nothing more is read: the plugin stops')
        if (thread?.failed) await end()
        thread ??= start()
      } catch (error) {
        await release()
        throw error
      }
      return { ask: thread.ask, release }
    },
    async [Symbol.asyncDispose]() {
      closed = true
      await end()
    },
  }
}

function startThread(): Thread {
  const { file, execArgv } = program()
  const worker = new Worker(file, { execArgv, env: {}, resourceLimits: { maxOldGenerationSizeMb: 512 } })
  worker.unref()
  let waiting: { readonly resolve: (answer: never) => void; readonly reject: (error: Error) => void }[] = []
  let failure: Error | undefined
  worker.on('message', (reply: Reply) => {
    const one = waiting.shift()
    if ('failed' in reply) one?.reject(new Error(reply.failed))
    else one?.resolve(reply.answer as never)
    if (waiting.length === 0) worker.unref()
  })
  const fail = (error: Error): void => {
    failure ??= error
    const all = waiting
    waiting = []
    for (const { reject } of all) reject(failure)
  }
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('the thread that reads has ended')))
  return {
    get failed() { return failure !== undefined },
    ask: <K extends keyof Answers>(asked: Extract<Question, { readonly ask: K }>) => new Promise<Answers[K]>((resolve, reject) => {
      if (failure) return reject(failure)
      waiting.push({ resolve: resolve as (answer: never) => void, reject })
      worker.ref()
      const question = asked as Question
      // oxlint-disable-next-line require-post-message-target-origin -- a thread is no window
      worker.postMessage(question, question.ask === 'feed' ? [question.bytes.buffer] : [])
    }),
    end: async () => { await worker.terminate() },
  }
}

/** Built it stands in a file of its own, wherever the bundler has put this one; as source it is TypeScript. */
function program(): { readonly file: string; readonly execArgv: string[] } {
  const here = dirname(fileURLToPath(import.meta.url))
  if (import.meta.url.endsWith('.ts')) return { file: join(here, 'child.ts'), execArgv: ['--import', 'jiti/register'] }
  let dir = here
  while (!existsSync(join(dir, 'plugins', 'usage', 'child.js')) && dirname(dir) !== dir) dir = dirname(dir)
  return { file: join(dir, 'plugins', 'usage', 'child.js'), execArgv: [] }
}
