/** `npx jiti examples/hello/run.ts`: starts a gateway with the plugin `hello`, calls it and stops it. */
import { createClient } from 'nexus-gateway/sdk/client'
import { fileURLToPath } from 'node:url'
import { startGateway } from '../start.ts'

await using gateway = await startGateway('--plugins', fileURLToPath(new URL('hello.ts', import.meta.url)))
await using client = createClient({ url: gateway.url, token: gateway.token })
console.log(await client.call('hello.say', { name: 'Ada' }))
