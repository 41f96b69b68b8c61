/** One plugin in both tiers, called by the kernel it runs in. Prints medians per call and calls per second. */
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKernel } from '../../../kernel/index.ts'
import { createLoader } from '../../../kernel/loader.ts'
import { createLogger } from '../../../kernel/log.ts'
import { statePaths } from '../../../kernel/paths.ts'
import { memorySource } from '../../../kernel/source.ts'
import { admits, callAuthorize, definePlugin } from '../../../sdk/index.ts'
import { median } from '../stats.ts'

const calls = 3_000
const inFlight = 64
const pipelinedMs = 2_000
const settleMs = 300

const source = (id: string): string => `
import { definePlugin, method } from 'nexus-gateway/sdk'
import * as v from 'valibot'
export default definePlugin({
  id: '${id}',
  methods: { '${id}.echo': method({ scope: 'operator.read', params: v.strictObject({ data: v.string() }) }) },
  setup: () => ({ methods: { '${id}.echo': ({ data }) => ({ data }) } }),
})
`
const guard = definePlugin({ id: 'guard', capabilities: ['tap:call.authorize'], setup: (ctx) => ctx.tap(callAuthorize, (call, access) => admits(call.caller.scopes, access)) })
const caller = { id: 'bench', role: 'operator', scopes: new Set(['operator.admin']), label: 'operator' } as const
const params = { data: 'x'.repeat(340) }

const dir = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
for (const id of ['near', 'far']) await writeFile(join(dir, `${id}.ts`), source(id))
await writeFile(join(dir, 'bare.cjs'), 'process.on("message", () => {}); process.send("up")')
const loader = await createLoader({ cacheDir: join(dir, 'cache') })
const isolation = loader.builtin('isolation')
if (!isolation) throw new Error('the build has no plugin "isolation"')
const log = createLogger()
log.addSink(({ level, message }) => { if (level === 'error' || level === 'warn') process.stderr.write(`${message}\n`) })
const kernel = createKernel({
  plugins: [isolation, loader.path(join(dir, 'near.ts'), 'trusted'), loader.path(join(dir, 'far.ts'), 'isolated'), memorySource(guard)].map((one) => ({ source: one, why: 'bench' })),
  paths: statePaths({ NEXUS_STATE_DIR: dir }), version: 'bench', log,
})
const children = (): number[] => execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' }).split('\n').map((line) => line.trim().split(/\s+/)).filter(([, parent, name]) => Number(parent) === process.pid && name !== 'ps').map(([pid]) => Number(pid))
const echo = async (id: string): Promise<unknown> => kernel.dispatch(`${id}.echo`, params, { caller, transport: 'kernel' })

async function p50(id: string): Promise<number> {
  const taken: number[] = []
  for (let i = 0; i < calls; i++) {
    const began = performance.now()
    await echo(id)
    if (i > calls / 10) taken.push(performance.now() - began)
  }
  return median(taken)
}

async function perSecond(id: string): Promise<number> {
  const began = performance.now()
  let done = 0
  await Promise.all(Array.from({ length: inFlight }, async () => {
    for (; performance.now() - began < pipelinedMs; done++) await echo(id)
  }))
  return done / ((performance.now() - began) / 1_000)
}

/** Resident memory of a process that has come to rest, bytes. */
async function resident(pid: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, settleMs))
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024
}

await kernel.start()
// What told the kernel what it declares has been ended by then.
await new Promise((resolve) => setTimeout(resolve, settleMs))
const before = children().length
const first = performance.now()
await echo('far')
const firstMs = performance.now() - first
const list = await kernel.dispatch('isolation.list', {}, { caller, transport: 'kernel' }) as { plugins: { id: string; pid?: number }[] }
const pid = list.plugins.find(({ id }) => id === 'far')?.pid ?? 0
const childBytes = await resident(pid)
const bare = fork(join(dir, 'bare.cjs'), { execArgv: [] })
await once(bare, 'message')
const bareBytes = await resident(bare.pid ?? 0)
bare.kill('SIGKILL')
const rounds = { near: [] as number[], far: [] as number[] }
for (let i = 0; i < 5; i++) for (const id of ['near', 'far'] as const) rounds[id].push(await p50(id))
const rate = { near: await perSecond('near'), far: await perSecond('far') }
await kernel.close()
await rm(dir, { recursive: true, force: true })
console.log(JSON.stringify({ before, firstMs, nearMs: median(rounds.near), farMs: median(rounds.far), nearPerSecond: rate.near, farPerSecond: rate.far, childBytes, bareBytes }))
