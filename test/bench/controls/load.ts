/** The kernel over the built plugins of a folder: load, set up, close. Prints the time as JSON. */
import { createKernel } from '../../../kernel/index.ts'
import { createLoader } from '../../../kernel/loader.ts'
import { createLogger } from '../../../kernel/log.ts'
import { statePaths } from '../../../kernel/paths.ts'

const dir = process.argv[2] ?? ''
const loader = await createLoader({ cacheDir: dir, builtinDir: dir })
const paths = statePaths({ ...process.env, NEXUS_STATE_DIR: dir })
const started = performance.now()
const plugins = loader.defaults.map((id) => ({ source: loader.builtin(id) ?? loader.path(id), why: 'bench' }))
const kernel = createKernel({ plugins, paths, version: 'bench', log: createLogger() })
const { active, failed } = await kernel.start()
await kernel.close()
const ms = performance.now() - started
if (failed.length > 0) throw failed[0]?.error
console.log(JSON.stringify({ ms, active: active.length }))
