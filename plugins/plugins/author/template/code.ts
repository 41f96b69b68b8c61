/** The code of a new plugin. The same text is TypeScript and JavaScript: every type in it is inferred. */
import type { Names } from '../names.ts'

export type Ending = 'ts' | 'js'

/** Lines begin at their bar: whoever looks for this project's own imports finds none in here. */
const text = (lines: string): string => lines.replace(/^\|/gm, '').slice(1)

export const contractFile = ({ id, variable }: Names): string => text(`
|import { contract, event, method } from 'nexus-gateway/sdk'
|import * as v from 'valibot'
|
|/** What clients and other plugins may rely on; the only file of this plugin that they import. */
|export const ${variable} = contract({
|  id: '${id}',
|  methods: {
|    '${id}.greet': method({
|      scope: 'operator.read',
|      summary: 'Greets somebody by name.',
|      params: v.strictObject({ name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)) }),
|      result: v.strictObject({ text: v.string() }),
|    }),
|  },
|  events: {
|    '${id}.greeted': event({ scope: 'operator.read', summary: 'Somebody was greeted.', payload: v.strictObject({ name: v.string() }) }),
|  },
|})
`)

export const indexFile = ({ id, variable }: Names, ending: Ending): string => text(`
|import { definePlugin } from 'nexus-gateway/sdk'
|import { offerTools, tool } from 'nexus-gateway/plugins/tools'
|import * as v from 'valibot'
|import { ${variable} } from './contract.${ending}'
|
|export default definePlugin({
|  ...${variable},
|  // The block "${id}" of nexus.json5.
|  config: v.strictObject({
|    greeting: v.optional(v.pipe(v.string(), v.minLength(1), v.description('What everybody is greeted with.')), 'Hello'),
|  }),
|  // What this plugin takes part in besides its own names; shown to whoever installs it. These three are what a tool needs.
|  capabilities: ['tap:tools.listed', 'tap:tools.check', 'tap:tools.run'],
|  setup(ctx) {
|    const greet = (name = 'you') => \`\${ctx.config.greeting}, \${name}!\`
|
|    offerTools(ctx, {
|      ${toolName(id)}: tool({
|        description: 'Greets somebody by name.',
|        params: v.strictObject({ name: v.pipe(v.string(), v.description('Who is greeted.')) }),
|        run: ({ name }) => greet(name),
|      }),
|    })
|
|    return {
|      methods: {
|        '${id}.greet': ({ name }) => {
|          ctx.emit('${id}.greeted', { name })
|          return { text: greet(name) }
|        },
|      },
|    }
|  },
|})
`)

export const cliFile = ({ id }: Names): string => text(`
|import { command, commands } from 'nexus-gateway/sdk'
|
|export default commands({
|  '${id} greet': command({
|    summary: 'Greet somebody by name',
|    args: ['<name>'],
|    examples: ['nexus ${id} greet Ada'],
|    async run(io) {
|      const answer = Object(await io.call('${id}.greet', { name: io.args['name'] }))
|      io.print(answer.text, answer)
|    },
|  }),
|})
`)

/** In plain JavaScript for Node's own runner, so that it needs nothing installed; the plugin is loaded as a gateway loads it. */
export const testFile = ({ id, title }: Names, ending: Ending, isolates: boolean): string => text(`
|import assert from 'node:assert/strict'
|import { test } from 'node:test'
|import { testKernel } from 'nexus-gateway/sdk/testing'
|
|const plugin = new URL('./index.${ending}', import.meta.url)
|${isolates ? '' : '// A gateway that runs plugins in processes of their own adds \'isolated\'.\n'}
|for (const tier of ${isolates ? '[\'trusted\', \'isolated\']' : '[\'trusted\']'}) {
|  test(\`${title} greets by method, tool and event (\${tier})\`, async () => {
|    const k = await testKernel({ plugins: [plugin, 'tools'], tier, config: { ${JSON.stringify(id)}: { greeting: 'Hi' } } })
|    try {
|      const greeted = k.nextEvent('${id}.greeted')
|      assert.deepEqual(await k.call('${id}.greet', { name: 'Ada' }), { text: 'Hi, Ada!' })
|      assert.deepEqual(await greeted, { name: 'Ada' })
|
|      const answer = await k.call('tools.execute', { name: '${toolName(id)}', args: { name: 'Grace' } })
|      assert.deepEqual(answer.content, [{ type: 'text', text: 'Hi, Grace!' }])
|
|      await assert.rejects(k.call('${id}.greet', { name: '' }), { code: 'NEXUS_CALL_INVALID_PARAMS' })
|      await assert.rejects(k.call('${id}.greet', { name: 'Ada' }, { scopes: [] }), { code: 'NEXUS_CALL_DENIED' })
|    } finally {
|      await k.close() // fails if the plugin has left anything behind
|    }
|  })
|}
`)

/** A tool's name has no dashes at its beginning and no dots; this one is a property name too. */
const toolName = (id: string): string => `${id.replaceAll('-', '_')}_greet`
