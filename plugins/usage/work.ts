/** The thread while there is work for it: started for the first job, ended after the last. Jobs take turns. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Answers, Question, Reply } from './scan/wire.ts'

/** Resolves to the thread's answer; rejects with what went wrong there, or when the thread ends. */
export type Ask = <K extends keyof Answers>(question: Extract<Question, { readonly ask: K }>) => Promise<Answers[K]>

export interface Work extends AsyncDisposable {
  run<T>(job: (ask: Ask) => Promise<T>): Promise<T>
  readonly running: boolean
}

interface Thread { readonly ask: Ask; end(): Promise<void> }

export function createWork(start: () => Thread = startThread): Work {
  let thread: Thread | undefined
  let jobs = 0
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  async function run<T>(job: (ask: Ask) => Promise<T>): Promise<T> {
    if (closed) throw new Error('nothing more is read: the plugin stops')
    thread ??= start()
    return job(thread.ask)
  }
  async function done(): Promise<void> {
    if (--jobs > 0) return
    const ended = thread
    thread = undefined
    await ended?.end()
  }

  return {
    get running() { return thread !== undefined },
    run(job) {
      jobs++
      const mine = last.then(() => run(job)).finally(done)
      last = mine.catch(() => {})
      return mine
    },
    async [Symbol.asyncDispose]() {
      closed = true
      const ended = thread
      thread = undefined
      await ended?.end()
      await last
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
