/** Reads settings of 500 lines in six files, whole: with defaults, variables and checks; and parses the same bytes bare, in turn. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import JSON5 from 'json5'
import { checkTree } from '../../../kernel/config/check.ts'
import type { JsonSchema } from '../../../kernel/config/schema.ts'
import { readTree } from '../../../kernel/config/tree.ts'
import type { Manifest } from '../../../kernel/manifest.ts'
import { interleave, median, pairRatio } from '../stats.ts'

const includes = 5
const blocksPerFile = 8
const schema: JsonSchema = {
  type: 'object', additionalProperties: false, required: ['name', 'token'],
  properties: {
    name: { type: 'string', maxLength: 100 }, token: { type: 'string', secret: true }, enabled: { type: 'boolean', default: false }, limit: { type: 'integer', minimum: 0 },
    mode: { enum: ['polling', 'webhook'] }, hosts: { type: 'array', items: { type: 'string' } }, log: { type: 'string', path: true },
    retry: { type: 'object', properties: { times: { type: 'integer' }, delayMs: { type: 'number' } }, additionalProperties: false },
  },
}

function block(id: string): string[] {
  return [`  // Settings of ${id}`, `  ${id}: {`, `    name: 'the name of ${id}',`, `    token: '\${TOKEN}',`, '    enabled: true,', '    limit: 250,', "    mode: 'polling',", '    hosts: ["one.example.org", "two.example.org"],', '    log: "./logs/it.log", // its own', '    retry: { times: 3, delayMs: 2.5 },', '  },']
}

const dir = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
const file = join(dir, 'nexus.json5')
try {
  const names = Array.from({ length: includes }, (_, i) => `part${i}.json5`)
  const ids: string[] = []
  const texts = [...names, 'nexus.json5'].map((name, i) => {
    const own = Array.from({ length: blocksPerFile }, (_, n) => `p${i}${n}`)
    ids.push(...own)
    const head = name === 'nexus.json5' ? [`  $include: ${JSON.stringify(names)},`, '  gateway: { port: 8080 },'] : []
    return ['{', ...head, ...own.flatMap(block), '}'].join('\n')
  })
  await Promise.all([...names, 'nexus.json5'].map((name, i) => writeFile(join(dir, name), texts[i]!)))
  const manifests = Object.fromEntries(ids.map((id) => [id, { id, config: schema } as unknown as Manifest]))

  const timed = async (work: () => unknown): Promise<number> => {
    const started = performance.now()
    await work()
    return performance.now() - started
  }
  const read = () => timed(async () => {
    const tree = await readTree({ file, env: { ...process.env, TOKEN: 'x' } })
    const { faults } = checkTree(tree, { manifests, complete: true })
    if (tree.faults.length + faults.length > 0) throw new Error('the settings should be right')
  })
  const bare = () => timed(() => texts.map((text) => JSON5.parse(text) as unknown))
  await interleave(20, read, bare)
  const taken = await interleave(60, read, bare)
  const lines = texts.join('\n').split('\n').length
  console.log(JSON.stringify({ ratio: pairRatio(taken), readMs: median(taken.a), parseMs: median(taken.b), lines }))
} finally {
  await rm(dir, { recursive: true, force: true })
}
