/** `npx jiti examples/periodic-job/run.ts`: words come in, and a digest of them goes out by itself. */
import { createClient } from 'nexus-gateway/sdk/client'
import { fileURLToPath } from 'node:url'
import { startGateway } from '../start.ts'

await using gateway = await startGateway('--config', fileURLToPath(new URL('nexus.json5', import.meta.url)))
await using client = createClient({ url: gateway.url, token: gateway.token })
const words: string[] = []
const done = new Promise<void>((resolve) => {
  client.on('digest.ready', (digest) => {
    words.push(...(digest as { words: string[] }).words)
    if (words.length === 2) resolve()
  })
})
for (const word of ['rain', 'sun']) await client.call('digest.add', { word })
await done
console.log(`digested: ${words.join(', ')}`)
