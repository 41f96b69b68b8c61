/**
 * `npx jiti examples/hot-reload/run.ts`: edits the file of a running plugin under a client that never stops asking.
 * Ends with status 1 unless the answer changes while the socket stays, the call in flight and the open stream end
 * on the old code, and not one call fails.
 */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from 'nexus-gateway/sdk/client'
import { startGateway } from '../start.ts'

const folder = await mkdtemp(join(tmpdir(), 'nexus-greeter-'))
const file = join(folder, 'greeter.ts')
await cp(fileURLToPath(new URL('greeter.ts', import.meta.url)), file)
const gateway = await startGateway('--plugins', file)
const states: string[] = []
const client = createClient({ url: gateway.url, token: gateway.token, onState: (state) => states.push(state) })

try {
  assert.equal(await client.call('greeter.say'), 'hello')
  // The first edit also loads the TypeScript transformer.
  await edit("'hello'", "'hi'")
  await askUntil('hi', 20_000)
  console.log('before the edit: hi')

  let ended = false
  const slow = client.call('greeter.slow').finally(() => { ended = true })
  const stream = await fetch(`${gateway.url}/greeter/stream`, { headers: { authorization: `Bearer ${gateway.token}` } })
  assert.equal(stream.status, 200)

  await edit("'hi'", "'good morning'")
  const answers = await askUntil('good morning', 20_000)
  console.log(`after the edit: good morning, after ${answers.length} calls without a failure`)

  assert.equal(ended, false, 'the new code must answer while the call still runs')
  assert.equal(await slow, 'hi', 'the call in flight must end on the code it began with')
  assert.equal(await stream.text(), 'hi\nhi\nhi\n', 'and so must the stream')
  console.log('the call in flight and the open stream ended on the old code')
  assert.deepEqual(states, ['open'], 'the connection must stay up')
  console.log('the socket stayed open')
} finally {
  await client.close()
  await gateway[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
}

async function edit(from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to))
}

/** Asks without a pause until the answer is `wanted`; a call that fails ends the program. */
async function askUntil(wanted: string, ms: number): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const end = Date.now() + ms; answers.at(-1) !== wanted;) {
    assert.ok(Date.now() < end, `the answer is still ${answers.at(-1)}`)
    answers.push(await client.call('greeter.say'))
  }
  assert.ok(new Set(answers).size <= 2, 'only the old and the new answer')
  return answers
}
