/** `npx jiti examples/tool/run.ts`: a gateway whose models can roll dice, and a client that does. */
import { createClient } from 'nexus-gateway/sdk/client'
import { fileURLToPath } from 'node:url'
import { startGateway } from '../start.ts'

interface Result { readonly isError: boolean; readonly content: readonly [{ readonly text: string }] }

await using gateway = await startGateway('--plugins', fileURLToPath(new URL('dice.ts', import.meta.url)))
await using client = createClient({ url: gateway.url, token: gateway.token })
for (const args of [{ dice: 3 }, { dice: 11 }]) {
  const { isError, content: [{ text }] } = await client.call('tools.execute', { name: 'roll', args }) as Result
  console.log(`${isError ? 'refused' : 'rolled'}: ${text}`)
}
