/** For commands that work without a gateway: the kernel on the state directory, with its lock and without listeners. */
import type { Paths } from '../paths.ts'
import { privateDir } from '../paths.ts'
import type { Caller } from '../provenance.ts'
import { packageJson } from './catalog.ts'

export interface Offline {
  /** The same method by the same road. Throws a NexusError. */
  call(method: string, params: unknown): Promise<unknown>
  close(): Promise<void>
}

const CLOSE_MS = 5_000
/** Whoever can open the state directory could as well start the gateway and use its socket. */
const owner: Caller = { id: 'local', role: 'operator', scopes: new Set(['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']), label: 'operator' }

/** Throws NEXUS_START_LOCKED if a gateway has started meanwhile, and what a required plugin failed with. */
export async function openOffline(paths: Paths, env: NodeJS.ProcessEnv): Promise<Offline> {
  const [{ createKernel }, { createKeeper }, { createLoader }, { acquireLock }, { createLogger }, { guardOf, waryOfHeld }] = await Promise.all([
    import('../kernel.ts'), import('../config/keeper.ts'), import('../loader.ts'), import('./lock.ts'), import('../log.ts'), import('./wary.ts'),
  ])
  await privateDir(paths.state)
  const lock = await acquireLock(paths)
  process.once('exit', lock.release)
  const { version } = packageJson()
  const log = createLogger()
  const wary = waryOfHeld(paths)
  const keeper = await createKeeper(await createLoader({ cacheDir: paths.cache, guard: guardOf(wary) }), { paths, env, version, tolerant: true })
  const kernel = createKernel({ ...keeper.options, ...wary, paths, version, log })
  await kernel.start()
  await keeper.serve(kernel, { watch: false })
  return {
    call: async (method, params) => kernel.dispatch(method, params, { caller: owner, transport: 'kernel' }),
    async close() {
      await keeper.close()
      await kernel.close({ deadlineMs: CLOSE_MS })
      lock.release()
    },
  }
}
