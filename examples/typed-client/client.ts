/** `npx jiti examples/typed-client/client.ts`: a client that the compiler checks against the plugin's contract. */
import { createClient } from 'nexus-gateway/sdk/client'
import { fileURLToPath } from 'node:url'
import { startGateway } from '../start.ts'
import { counter } from './contract.ts'

await using gateway = await startGateway('--plugins', fileURLToPath(new URL('counter.ts', import.meta.url)))
await using client = createClient({ url: gateway.url, token: gateway.token })
const typed = client.use(counter)
typed.on('counter.changed', ({ total }) => console.log(`event: ${total}`))
const { total } = await typed.call['counter.add']({ by: 2 })
console.log(`answer: ${total}`)
// What the compiler refuses: typed.call['counter.add']({ by: 'two' }), typed.call['counter.sub'](), typed.on('counter.gone', …)
