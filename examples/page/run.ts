/** `npx jiti examples/page/run.ts`: a page, and an answer that comes a line at a time. */
import { fileURLToPath } from 'node:url'
import { startGateway } from '../start.ts'

await using gateway = await startGateway('--plugins', fileURLToPath(new URL('page.ts', import.meta.url)))
const headers = { authorization: `Bearer ${gateway.token}` }
console.log(`title: ${/<h1>(.*?)<\/h1>/.exec(await (await fetch(`${gateway.url}/page`)).text())?.[1]}`)
const response = await fetch(`${gateway.url}/page/count/3`, { headers })
const started = performance.now()
const at: number[] = []
for await (const part of response.body!) for (const line of new TextDecoder().decode(part).trim().split('\n')) {
  at.push(performance.now() - started)
  console.log(`line ${line}`)
}
console.log(at.at(-1)! - at[0]! > 100 ? 'they came one by one' : 'they came all at once')
console.log(`without a token: ${(await fetch(`${gateway.url}/page/count/3`)).status}`)
