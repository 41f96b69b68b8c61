/** The format of what stands in the way of a tool: trees with every kind of file, and who calls what. README.md tells it. */
import * as v from 'valibot'

const text = v.string()
const maybe = v.optional(text)
const flag = v.optional(v.literal(true))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const some = v.optional(count)

const kinds = ['file', 'dir', 'symlink', 'hardlink', 'fifo', 'socket', 'device', 'mount'] as const
export const Standing = v.strictObject({
  path: text, type: v.optional(v.picklist(kinds), 'file'), to: maybe, mode: maybe,
  text: maybe, fill: v.optional(v.strictObject({ text, times: count, full: some })), size: some, times: some, full: some,
})
export type Standing = v.InferOutput<typeof Standing>

/** What not every machine lets a test do. */
export const Ability = v.picklist(['device', 'mount'])
export type Ability = v.InferOutput<typeof Ability>

export const fileTools = ['read', 'write', 'edit', 'list', 'search'] as const

export const fileVerbs = {
  tool: v.strictObject({ tool: v.optional(v.unknown()), args: v.optional(v.unknown()), more: v.optional(v.union([v.record(text, v.unknown()), v.literal('${each}')])), body: maybe, path: v.optional(text, '/tools/invoke'), rpc: flag, on: maybe }),
  reach: v.strictObject({ paths: v.pipe(v.array(text), v.minLength(1)), tools: v.optional(v.array(v.picklist(fileTools)), [...fileTools]) }),
  swap: v.strictObject({ folder: text, to: text, ms: count, full: some }),
} as const
