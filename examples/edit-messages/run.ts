/** `npx jiti examples/edit-messages/run.ts`: the model never sees the number that the user wrote. */
import { fileURLToPath } from 'node:url'
import { startGateway } from '../start.ts'

await using gateway = await startGateway('--plugins', fileURLToPath(new URL('redact.ts', import.meta.url)))
const response = await fetch(`${gateway.url}/v1/chat/completions`, {
  method: 'POST',
  headers: { authorization: `Bearer ${gateway.token}`, 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'nexus', messages: [{ role: 'user', content: 'Charge 4111 1111 1111 1111, please.' }] }),
})
const { choices } = await response.json() as { choices: [{ message: { content: string } }] }
// The demonstration repeats what it was told.
console.log(choices[0].message.content.split('\n', 1)[0])
