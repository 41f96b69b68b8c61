/** The thread that reads transcripts. It knows nothing of the gateway: it is asked, reads, counts and answers. */
import { parentPort } from 'node:worker_threads'
import { openFile, type OpenFile } from './scan/file.ts'
import { listFolder } from './scan/folder.ts'
import { createScan, type Scan, type Step } from './scan/gather.ts'
import type { Answers, Question, Reply } from './scan/wire.ts'

function serve(): void {
  let file: OpenFile | undefined
  let scan: Scan | undefined

  function answer(question: Question): Answers[keyof Answers] {
    switch (question.ask) {
      case 'list': return listFolder(question.folder)
      case 'open': {
        file?.close()
        file = openFile(question.path, question.mark, question.state)
        const { status } = file
        if (status === 'same') close()
        return { status }
      }
      case 'next': {
        const next = (file as OpenFile).next()
        if (next.last) close()
        return next
      }
      case 'begin':
        scan = createScan(question.state)
        return {}
      case 'feed':
        (scan as Scan).feed(Buffer.from(question.bytes.buffer, question.bytes.byteOffset, question.bytes.byteLength))
        return { step: (scan as Scan).take(question.last) }
    }
  }
  function close(): void {
    file?.close()
    file = undefined
  }
  function reply(question: Question): Reply {
    try {
      return { answer: answer(question) }
    } catch (error) {
      close()
      return { failed: String((error as NodeJS.ErrnoException).code ?? (error as Error).message) }
    }
  }

  parentPort?.on('message', (question: Question) => {
    const said = reply(question)
    const step = 'answer' in said && 'step' in said.answer ? said.answer.step : undefined
    // oxlint-disable-next-line require-post-message-target-origin -- a thread is no window
    parentPort?.postMessage(said, step ? transfers(step) : [])
  })
}

const transfers = ({ rows, tallies, unpriced }: Step): ArrayBuffer[] => [rows.buffer, tallies.buffer, unpriced.buffer]

serve()
