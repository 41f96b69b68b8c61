/**
 * The mock provider in a process of its own, so that it takes no time from whoever measures. `m1` answers at once in
 * 12 chunks, `paced` with 50 chunks a second.
 */
import { defaultReply, startOpenAiServer } from '../../fixtures/openai-server.ts'

const seconds = Number(process.argv[2] ?? 1)
const paced = { text: Array.from({ length: 50 * seconds }, (_, i) => `word${i} `), delayMs: 20 }
const { url } = await startOpenAiServer({ models: ['m1', 'paced'], reply: ({ model }) => (model === 'paced' ? paced : defaultReply) })
console.log(JSON.stringify({ port: Number(new URL(url).port) }))
