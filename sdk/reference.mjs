/**
 * `node sdk/reference.mjs` writes `sdk/REFERENCE.md` from the types, tables and built plugins; `--check` only says whether
 * it is up to date, by its exit status.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createJiti } from 'jiti'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const jiti = createJiti(import.meta.url)
const source = (file) => jiti.import(join(root, file))
const text = (file) => readFileSync(join(root, file), 'utf8')

const [points, { kernelErrors }, { capabilityText }, { deprecations }] = await Promise.all(['kernel/points.ts', 'kernel/errors.ts', 'sdk/capabilities.ts', 'sdk/deprecations.ts'].map(source))
const { manifests } = JSON.parse(text('dist/plugins/manifests.json'))
const ids = Object.keys(manifests).sort()
const builtPart = async (id, part) => (readdirSync(join(root, 'dist', 'plugins', id)).includes(`${part}.js`) ? import(pathToFileURL(join(root, 'dist', 'plugins', id, `${part}.js`)).href) : {})
const plugins = await Promise.all(ids.map(async (id) => ({ id, definition: (await builtPart(id, 'index')).default, exports: await builtPart(id, 'contract') })))

// ── Text ────────────────────────────────────────────────────────────────────────────────────────

const cell = (words) => String(words ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|').trim()
const code = (words) => (words === undefined || words === '' ? '' : `\`${cell(words)}\``)
const table = (head, rows) => (rows.length === 0 ? 'None.' : [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n'))

/** What stands in a doc comment. */
const plainDoc = (comment = '') => comment.replace(/^\/\*\*|\*\/$/g, '').split('\n').map((line) => line.replace(/^\s*\* ?/, '')).join(' ').trim()
const docOf = (file, name) => plainDoc(new RegExp(`(/\\*\\*(?:(?!\\*/)[^])*\\*/)\\nexport (?:const|interface|type|function) ${name}\\b`).exec(text(file))?.[1])

/** Members of an interface with their docs, as they stand in the source. */
function members(file, name) {
  const body = new RegExp(`interface ${name}\\b[^\\n]*\\{\\n([^]*?)\\n\\}`).exec(text(file))?.[1] ?? ''
  const rows = []
  let doc = []
  for (const line of body.split('\n').map((one) => one.trim())) {
    if (/^(\/\*\*|\*)/.test(line)) doc.push(line)
    else if (line !== '' && !line.startsWith('//')) {
      rows.push([code(line.replace(/^readonly /, '').replace(/\/\*\*.*?\*\/ ?/g, '')), cell(plainDoc(doc.join('\n')))])
      doc = []
    }
  }
  return table(['member', ''], rows)
}

const isHook = (value) => value?.kind === 'hook'
const isService = (value) => value?.kind === 'service'
const hookRow = ([name, hook], file) => [code(hook.id), code(name), hook.mode, hook.onError, points.guarded(hook.id) ? code(`tap:${hook.id}`) : '', cell(docOf(file, name))]
const hookHead = ['hook', 'token', 'kind', 'a throwing tap', 'needs', '']
const byId = (a, b) => (a[1].id < b[1].id ? -1 : 1)

const capabilities = [
  ['kernel:control', 'kernel:control'], ['kernel:config', 'kernel:config'], ['kernel:connections', 'kernel:connections'], ['tap:HOOK', 'tap:agent.runPrompt'], ['scope:SCOPE', 'scope:operator.read'], ['net:HOST', 'net:api.example.com'], ['net:*', 'net:*'],
  ['fs:data', 'fs:data'], ['fs:read:PATH', 'fs:read:~/notes'], ['fs:write:PATH', 'fs:write:~/notes'], ['env:NAME', 'env:HOME'], ['run', 'run'], ['worker', 'worker'], ['native', 'native'],
]

function pluginPart({ id, definition }) {
  const rows = [
    ...Object.entries(definition.methods ?? {}).map(([name, { scope, summary }]) => [code(name), 'method', code(scope), cell(summary)]),
    ...Object.entries(definition.events ?? {}).map(([name, { scope, summary }]) => [code(name), 'event', code(scope), cell(summary)]),
    ...Object.entries(definition.routes ?? {}).map(([name, { scope, summary }]) => [code(name), 'route', code(scope), cell(summary)]),
  ]
  return rows.length === 0 ? [] : [`### ${id}`, cell(manifests[id].description), table(['name', '', 'scope', ''], rows)]
}

const parts = [
  '# Reference',
  'Written by `node sdk/reference.mjs` from the types, the tables and the built plugins. The guide is [README.md](README.md).',
  '## `ctx`', 'What `setup` is given.', members('kernel/contract.ts', 'Ctx'),
  '## `ctx.scope`', members('kernel/contract.ts', 'Scope'),
  '## `call`', 'The second argument of a handler. It has what a cause has (`caller`, `trace`, `path`) and:', members('kernel/contract.ts', 'Call'),
  '## What a definition may say', members('kernel/contract.ts', 'Declared'),
  '## Capabilities', table(['capability', 'what a user reads'], capabilities.map(([shown, example]) => [code(shown), cell(capabilityText(example))])),
  '## Hooks of the kernel', 'From `nexus-gateway/sdk`. In a process of its own a plugin needs `tap:HOOK` for every hook it taps, and those under `call`, `connection`, `gateway`, `http` and `log` cannot be tapped from there.', table(hookHead, Object.entries(points).filter(([, value]) => isHook(value)).sort(byId).map((entry) => hookRow(entry, 'kernel/points.ts'))),
  '## Hooks of plugins', 'From `nexus-gateway/plugins/<id>`.',
  ...plugins.flatMap(({ id, exports }) => {
    const rows = Object.entries(exports).filter(([, value]) => isHook(value)).sort(byId).map((entry) => hookRow(entry, `plugins/${id}/contract.ts`))
    return rows.length === 0 ? [] : [`### ${id}`, table(hookHead, rows)]
  }),
  '## Services', 'From the place that is named. `members` are the functions by which it is used from, or given by, another process.',
  table(['service', 'token', 'from', 'needs', 'members'], [
    ...Object.entries(points).filter(([, value]) => isService(value)).map(([name, { id }]) => [code(id), code(name), code('nexus-gateway/sdk'), code(points.controls[id]), '']),
    ...plugins.flatMap(({ id, exports }) => Object.entries(exports).filter(([, value]) => isService(value)).map(([name, token]) => [code(token.id), code(name), code(`nexus-gateway/plugins/${id}`), '', (token.members ?? []).map(code).join(' ')])),
  ]),
  '## Methods, events and routes', ...plugins.flatMap(pluginPart),
  '## Errors', 'Those of the kernel; `nexus explain CODE` says more, and knows those of plugins too.', table(['code', 'text', 'fix'], Object.entries(kernelErrors).map(([name, row]) => [code(name), cell(row.text), cell(row.fix)])),
  '## On its way out', table(['name', 'since', 'gone with', 'instead'], deprecations.map(({ name, since, until, instead }) => [code(name), since, until, cell(instead)])),
]

const file = join(root, 'sdk', 'REFERENCE.md')
const written = `${parts.filter(Boolean).join('\n\n')}\n`
if (!process.argv.includes('--check')) writeFileSync(file, written)
else {
  const lines = readFileSync(file, 'utf8').split('\n')
  const differing = written.split('\n').map((line, i) => [line, lines[i]]).find(([now, was]) => now !== was)
  if (written !== lines.join('\n')) {
    console.log(`sdk/REFERENCE.md is not up to date: run \`node sdk/reference.mjs\`\n- ${differing?.[1] ?? ''}\n+ ${differing?.[0] ?? ''}`)
    process.exitCode = 1
  }
}
