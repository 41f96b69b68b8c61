/** The mock provider in a process of its own, so that it takes no time from whoever measures. */
import { startOpenAiServer } from '../../fixtures/openai-server.ts'

const { url } = await startOpenAiServer({ models: ['m1'] })
console.log(JSON.stringify({ port: Number(new URL(url).port) }))
