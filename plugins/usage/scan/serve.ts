/** Answers what the thread is asked. */
import { openFile, type OpenFile } from './file.ts'
import { listFolder } from './folder.ts'
import { createScan, type Scan } from './gather.ts'
import type { Answers, Question, Reply } from './wire.ts'

export function createServe(): (question: Question) => Reply {
  let file: OpenFile | undefined
  let scan: Scan | undefined

  function answer(question: Question): Answers[keyof Answers] {
    switch (question.ask) {
      case 'list': return listFolder(question.folder)
      case 'open': {
        close()
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

  return (question) => {
    try {
      return { answer: answer(question) }
    } catch (error) {
      close()
      return { failed: String((error as NodeJS.ErrnoException).code ?? (error as Error).message) }
    }
  }
}
