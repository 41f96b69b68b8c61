/** What makes a plugin bronze, silver and gold: one rule per entry. Pure. */
import type { Facts } from './facts.ts'
import { mentions } from './sources.ts'
import { describedFaults, namesMissing, namingFaults, sectionsMissing } from './words.ts'
import { unusedCapabilities, undeclaredTaps, undeclaredUses, unusedTaps } from './capabilities.ts'

export type Grade = 'bronze' | 'silver' | 'gold'
export interface Rule {
  readonly id: string
  /** The grade it stands in the way of. Every bronze rule is a must. */
  readonly grade: Grade
  readonly what: string
  readonly fix: string
  /** One line for each fault; a text is why it was not looked at. */
  readonly check: (facts: Facts) => readonly string[] | string
}

const nothingLoaded = 'its code does not load'
const bytesMost = 1024 * 1024
const librariesMost = 10
/** Those that need the definition. */
const declared = (check: (facts: Facts & { readonly manifest: NonNullable<Facts['manifest']> }) => readonly string[] | string) => (facts: Facts): readonly string[] | string =>
  (facts.manifest ? check({ ...facts, manifest: facts.manifest }) : nothingLoaded)

export const rules: readonly Rule[] = [
  { id: 'loads', grade: 'bronze', what: 'its code loads, and what it declares can be written as a manifest', fix: 'Correct what is named; `nexus explain CODE` says more.', check: ({ examination: { fault } }) => (fault === undefined ? [] : [fault]) },
  { id: 'manifest', grade: 'bronze', what: 'its manifest says what its definition says', fix: 'Leave in "nexus" of package.json no more than api, id, entry and cli, or run `nexus plugins pack --write`.', check: declared(({ examination }) => examination.differs) },
  { id: 'types', grade: 'bronze', what: 'its types are right', fix: 'Run `npx tsc -p .` and mend what it says.', check: ({ types: { faults, skipped } }) => skipped ?? faults },
  { id: 'tests-pass', grade: 'bronze', what: 'its tests pass', fix: 'Run `npm test`.', check: ({ test: { faults, skipped } }) => skipped ?? faults },
  { id: 'comes-and-goes', grade: 'bronze', what: 'it starts, is replaced and leaves nothing behind', fix: 'Start timers and loops with ctx.scope, give everything else to ctx.scope.defer or .use, and let it end when scope.signal aborts.', check: comesAndGoes },
  { id: 'names', grade: 'bronze', what: 'what it adds is called after it', fix: 'Begin methods, events and own scopes with the plugin\'s id and a dot, commands with the id.', check: declared(({ manifest }) => namingFaults(manifest)) },
  { id: 'taps-declared', grade: 'bronze', what: 'every hook it taps stands in its capabilities', fix: 'Add "tap:HOOK" to `capabilities`; in a process of its own it is given no other.', check: declared((facts) => undeclaredTaps(facts.manifest, facts.examination)) },

  { id: 'capabilities-declared', grade: 'silver', what: 'what its own files seem to use stands in its capabilities', fix: 'Add the capability, or take another way: ctx.paths, a service, settings with secret().', check: declared(({ manifest, seen }) => undeclaredUses(manifest, seen)) },
  { id: 'capabilities-used', grade: 'silver', what: 'it asks for nothing that it does not seem to use', fix: 'Take the capability out: each one is a question to whoever installs it.', check: declared((facts) => [...unusedTaps(facts.manifest, facts.examination), ...unusedCapabilities(facts.manifest, facts)]) },
  { id: 'tests', grade: 'silver', what: 'it has tests', fix: 'Add a *.test.js that uses testKernel, and a script "test".', check: ({ tests, about }) => (tests.length > 0 && about.scripts?.['test'] ? [] : [tests.length === 0 ? 'there is no test file' : 'its package.json has no script "test"']) },
  { id: 'readme', grade: 'silver', what: 'its README says what it does and how it is set up', fix: 'Add the sections that are named.', check: declared(({ manifest, readme }) => sectionsMissing(manifest, readme)) },
  { id: 'summaries', grade: 'silver', what: 'methods, events and routes have a summary', fix: 'Add `summary: "…"`.', check: declared(({ examination }) => examination.unexplained.map((name) => `${name} has none`)) },
  { id: 'settings-described', grade: 'silver', what: 'every setting is described', fix: 'Add v.description("…") to its schema.', check: declared(({ manifest }) => describedFaults(manifest.config)) },
  { id: 'package', grade: 'silver', what: 'its package can be found and used by others', fix: 'Fill in these keys of package.json.', check: packageFaults },
  { id: 'own-timers', grade: 'silver', what: 'it takes time from ctx', fix: 'Use ctx.scope.timeout, ctx.scope.interval, ctx.clock: they end with the plugin, and a test can move them.', check: ({ own }) => (mentions(own, /(?<![.\w$])(setInterval|setTimeout)\s*\(/) ? ['there is a setTimeout or setInterval of its own'] : []) },

  { id: 'documented', grade: 'gold', what: 'its README names every method, event, command and setting', fix: 'Add those that are named.', check: declared(({ manifest, readme }) => namesMissing(manifest, readme)) },
  { id: 'both-tiers', grade: 'gold', what: 'it runs in a process of its own', fix: 'Do without what cannot cross to another process, and take `tier: "trusted"` out.', check: declared(({ manifest }) => (manifest.tier === 'trusted' ? ['it says that it runs inside the gateway\'s process only'] : [])) },
  { id: 'results', grade: 'gold', what: 'methods say what they answer', fix: 'Add a `result` schema: clients are typed by it, and tests check it.', check: declared(({ examination }) => examination.untyped.map((name) => `${name} does not`)) },
  { id: 'small', grade: 'gold', what: `it is small: at most 1 MiB, and ${librariesMost} libraries`, fix: 'Leave out of "files" what does not run, and do without a library.', check: tooLarge },
]

function comesAndGoes({ examination: { runs }, manifest }: Facts): readonly string[] | string {
  if (!manifest) return nothingLoaded
  const faults = runs.flatMap(({ tier, faults: found }) => found.map((line) => `${tier}: ${line}`))
  const skipped = runs.flatMap(({ tier, skipped: reason }) => (reason === undefined ? [] : [`${tier}: ${reason}`]))
  return faults.length === 0 && skipped.length === runs.length ? skipped.join('; ') || 'it was not tried' : faults
}

function packageFaults({ about }: Facts): readonly string[] {
  const peer = about.peerDependencies?.['nexus-gateway']
  return [
    ...(about.description ? [] : ['there is no "description"']),
    ...(about.license ? [] : ['there is no "license"']),
    ...(about.keywords?.includes('nexus-plugin') ? [] : ['"keywords" lacks "nexus-plugin", by which `nexus plugins search` finds it']),
    ...(peer ? [] : ['"peerDependencies" lacks "nexus-gateway"']),
    ...(about.dependencies?.['nexus-gateway'] ? ['"nexus-gateway" is among its "dependencies": it would bring a gateway of its own'] : []),
  ]
}

function tooLarge({ about, size }: Facts): readonly string[] | string {
  const libraries = Object.keys(about.dependencies ?? {}).length
  if (!size) return 'npm could not tell what it would pack'
  return [
    ...(size.bytes > bytesMost ? [`it has ${(size.bytes / bytesMost).toFixed(1)} MiB in ${size.files} files`] : []),
    ...(libraries > librariesMost ? [`it has ${libraries} libraries of its own`] : []),
  ]
}
