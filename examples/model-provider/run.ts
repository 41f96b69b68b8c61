/** `npx jiti examples/model-provider/run.ts`: a gateway whose default model is the parrot, asked through the OpenAI API. */
import { fileURLToPath } from 'node:url'
import { startGateway } from '../start.ts'

await using gateway = await startGateway('--config', fileURLToPath(new URL('nexus.json5', import.meta.url)))
const response = await fetch(`${gateway.url}/v1/chat/completions`, {
  method: 'POST',
  headers: { authorization: `Bearer ${gateway.token}`, 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'nexus', messages: [{ role: 'user', content: 'Polly wants a cracker' }] }),
})
const { choices } = await response.json() as { choices: [{ message: { content: string } }] }
console.log(`the model says: ${choices[0].message.content}`)
