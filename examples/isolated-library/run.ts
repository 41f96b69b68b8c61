/** `npx jiti examples/isolated-library/run.ts`: installs a plugin's library, runs both in a process of their own, and lets it try to spy. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createClient } from 'nexus-gateway/sdk/client'
import { startGateway } from '../start.ts'

const folder = await mkdtemp(join(tmpdir(), 'nexus-numerals-'))
try {
  const plugin = join(folder, 'numerals')
  await cp(fileURLToPath(new URL('numerals', import.meta.url)), plugin, { recursive: true })
  await promisify(execFile)('npm', ['install', '--offline', '--install-links', '--ignore-scripts', '--omit=dev', '--omit=peer', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: plugin })
  await writeFile(join(folder, 'nexus.json5'), '{ plugins: ["./numerals"], pluginPolicy: { trusted: [] } }')
  await using gateway = await startGateway('--config', join(folder, 'nexus.json5'))
  await using client = createClient({ url: gateway.url, token: gateway.token })
  const { text } = await client.call('numerals.roman', { n: 2026 }) as { text: string }
  console.log(`2026 is ${text}`)
  console.log(`it ${String(await client.call('numerals.spy'))}`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
