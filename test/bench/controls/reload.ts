/** Reloads one TypeScript plugin again and again, its file changed each time. Prints p50, p95 and the heap kept. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKernel } from '../../../kernel/index.ts'
import { createLoader } from '../../../kernel/loader.ts'
import { createLogger } from '../../../kernel/log.ts'
import { statePaths } from '../../../kernel/paths.ts'
import { admits, definePlugin, callAuthorize } from '../../../sdk/index.ts'
import { median } from '../stats.ts'

const reloads = 300
/** Until the JIT has settled on the transformer: before that, compiled code of the engine grows and not what plugins leave. */
const warm = 350
const source = (n: number): string => `
import { definePlugin, event, method } from 'nexus-gateway/sdk'
import * as v from 'valibot'

interface Entry { readonly at: number; readonly text: string }

const version: number = ${n}

function line(entry: Entry): string {
  return \`\${entry.at}: \${entry.text}\`
}

export default definePlugin({
  id: 'notes',
  methods: {
    'notes.version': method({ scope: 'operator.read' }),
    'notes.add': method({ scope: 'operator.write', params: v.strictObject({ text: v.string() }) }),
    'notes.list': method({ scope: 'operator.read', result: v.array(v.string()) }),
  },
  events: { 'notes.added': event({ scope: 'operator.read', payload: v.strictObject({ text: v.string() }) }) },
  setup(ctx) {
    const entries: Entry[] = []
    ctx.scope.interval(() => {
      if (entries.length > 100) entries.splice(0, entries.length - 100)
    }, 60_000)
    ctx.scope.defer(() => { entries.length = 0 })
    return {
      methods: {
        'notes.version': () => version,
        'notes.add': ({ text }) => {
          entries.push({ at: ctx.clock.now(), text })
          ctx.emit('notes.added', { text })
        },
        'notes.list': () => entries.map(line),
      },
    }
  },
})
`
const guard = definePlugin({ id: 'guard', capabilities: ['tap:call.authorize'], setup: (ctx) => ctx.tap(callAuthorize, (call, access) => admits(call.caller.scopes, access)) })

const dir = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
const file = join(dir, 'notes.ts')
await writeFile(file, source(0))
const loader = await createLoader({ cacheDir: join(dir, 'cache') })
const { memorySource } = await import('../../../kernel/source.ts')
const kernel = createKernel({
  plugins: [{ source: loader.path(file), why: 'bench' }, { source: memorySource(guard), why: 'bench' }],
  paths: statePaths({ NEXUS_STATE_DIR: dir }), version: 'bench', log: createLogger(),
})
await kernel.start()
const caller = { id: 'bench', role: 'operator', scopes: new Set(['operator.admin']), label: 'operator' } as const
const taken: number[] = []
let heap = 0
for (let n = 1; n <= reloads + warm; n++) {
  await writeFile(file, source(n))
  const started = performance.now()
  await kernel.apply({ reload: ['notes'] })
  if (kernel.dispatch('notes.version', {}, { caller, transport: 'kernel' }) !== n) throw new Error(`reload ${n} does not serve the new code`)
  if (n > warm) taken.push(performance.now() - started)
  if (n === warm) heap = await settledHeap()
}
const kib = (await settledHeap() - heap) / 1024 / reloads
await kernel.close()
await rm(dir, { recursive: true, force: true })
taken.sort((a, b) => a - b)
console.log(JSON.stringify({ ms: median(taken), p95: taken[Math.floor(taken.length * 0.95)], kib, reloads }))

async function settledHeap(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}
