/** Starts the built gateway in a state directory of its own, as an operator would, and stops it again. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const nexus = fileURLToPath(new URL('../dist/nexus.cjs', import.meta.url))

/** `args` go to `nexus start`. Resolves once the gateway serves. */
export async function startGateway(...args: string[]): Promise<AsyncDisposable & { readonly url: string; readonly token: string }> {
  const state = await mkdtemp(join(tmpdir(), 'nexus-example-'))
  const child = spawn(process.execPath, [nexus, 'start', '--port', '0', '--json', ...args], {
    env: { ...process.env, NEXUS_STATE_DIR: state, NEXUS_CONFIG: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const { url } = await Promise.race([ready(child.stdout), exited.then(([code]): never => { throw new Error(`nexus start ended with status ${code}`) })])
  return {
    url,
    token: (await readFile(join(state, 'auth', 'token'), 'utf8')).trim(),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exited
      await rm(state, { recursive: true, force: true })
    },
  }
}

async function ready(stdout: Readable): Promise<{ url: string }> {
  for await (const line of createInterface(stdout)) {
    const told = JSON.parse(line) as { event?: string; url: string; error?: { message: string } }
    if (told.error) throw new Error(told.error.message)
    if (told.event === 'ready') return told
  }
  throw new Error('nexus start said nothing')
}
