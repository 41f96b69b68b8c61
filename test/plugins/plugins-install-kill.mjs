// node test/plugins/plugins-install-kill.mjs [TIMES] [SEED]   (or, for its own use: child STATE WHAT)
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'

const sdk = (name) => fileURLToPath(new URL(`../../sdk/${name}.ts`, import.meta.url))
const alias = { 'nexus-gateway/sdk/testing': sdk('testing'), 'nexus-gateway/sdk/pack': sdk('pack'), 'nexus-gateway/sdk/hosting': sdk('hosting'), 'nexus-gateway/sdk/client': sdk('client'), 'nexus-gateway/sdk': sdk('index') }
const { child, killLoop } = await createJiti(import.meta.url, { alias }).import('./plugins-install-kill.ts')
const [first = '200', second = '1', third = ''] = process.argv.slice(2)

if (first === 'child') {
  await child(second, JSON.parse(third))
} else {
  const { killed, finished, refused } = await killLoop({ times: Number(first), seed: Number(second), tell: (line) => console.log(line) })
  console.log(`${killed} installs were killed, ${finished} got through, ${refused} were refused; after each of them every plugin was the old or the new one, whole`)
  process.exit(0)
}
