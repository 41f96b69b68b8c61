/** The thread that reads transcripts. It knows nothing of the gateway: it is asked, reads, counts and answers. */
import { parentPort } from 'node:worker_threads'
import type { Step } from './scan/gather.ts'
import { createServe } from './scan/serve.ts'
import type { Question } from './scan/wire.ts'

const serve = createServe()
parentPort?.on('message', (question: Question) => {
  const reply = serve(question)
  const step = 'answer' in reply && 'step' in reply.answer ? reply.answer.step : undefined
  // oxlint-disable-next-line require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(reply, step ? transfers(step) : [])
})

const transfers = ({ rows, tallies, unpriced }: Step): ArrayBuffer[] => [rows.buffer, tallies.buffer, unpriced.buffer]
