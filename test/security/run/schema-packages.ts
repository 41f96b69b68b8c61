/** The format of what a case offers to install: archives with any header, and what a registry says. README.md tells it. */
import * as v from 'valibot'

const text = v.string()
const maybe = v.optional(text)
const flag = v.optional(v.literal(true))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const some = v.optional(count)
const tree = v.record(text, v.unknown())
const hex = v.pipe(text, v.regex(/^([0-9a-f]{2})*$/))

/** A good little plugin: `package.json` with its whole manifest, and one method, `<id>.ping`, that answers its version. */
const Plugin = v.strictObject({ id: text, name: maybe, version: maybe, nexus: v.optional(tree), package: v.optional(tree), code: v.optional(v.pipe(text, v.regex(/^fixtures\/[\w/.-]+$/))) })
export type Plugin = v.InferOutput<typeof Plugin>

const kinds = ['file', 'dir', 'symlink', 'hardlink', 'chardev', 'blockdev', 'fifo'] as const
const Entry = v.strictObject({
  name: text, type: v.optional(v.picklist(kinds)), flag: v.optional(v.pipe(text, v.length(1))), mode: maybe, link: maybe, prefix: maybe,
  text: maybe, json: v.optional(v.unknown()), hex: v.optional(hex), archive: maybe, fill: v.optional(v.strictObject({ text, times: count })),
  size: some, pax: v.optional(tree), global: flag, long: flag, checksum: v.optional(v.literal('wrong')), times: some, full: some,
})
export type Entry = v.InferOutput<typeof Entry>

const Bytes = v.strictObject({ text: maybe, hex: v.optional(hex), base64: maybe, times: some })
export type Bytes = v.InferOutput<typeof Bytes>

export const Archive = v.strictObject({
  format: v.picklist(['tgz', 'tar', 'zip', 'tar.bz2']), plugin: v.optional(Plugin), root: maybe, entries: v.optional(v.array(Entry), []),
  raw: v.optional(v.array(Bytes)), cut: some,
})
export type Archive = v.InferOutput<typeof Archive>

const Version = v.strictObject({
  plugin: v.optional(v.omit(Plugin, ['name', 'version'])), files: v.optional(v.record(text, v.union([text, tree]))), archive: maybe, swapped: maybe,
  hours: v.optional(v.nullable(v.number())), integrity: maybe, manifest: v.optional(tree),
})
export type Version = v.InferOutput<typeof Version>
export const Package = v.strictObject({ latest: maybe, versions: v.record(text, Version) })
export type Package = v.InferOutput<typeof Package>
export const Registry = v.record(text, Package)

export const packageVerbs = {
  install: v.strictObject({ spec: maybe, id: maybe, link: flag, trusted: flag, allowSimilar: flag, downgrade: flag, commit: v.optional(v.boolean(), true) }),
  edit: v.strictObject({ file: text, from: text, to: text }),
  symlink: v.strictObject({ file: text, to: text }),
} as const
