/** Every file of a new plugin, by its path. */
import type { Names } from '../names.ts'
import { cliFile, contractFile, indexFile, testFile, type Ending } from './code.ts'

export interface Release { readonly version: string; readonly isolates: boolean }

export function filesFor(names: Names, ending: Ending, { version, isolates }: Release): Readonly<Record<string, string>> {
  return {
    'package.json': packageFile(names, ending, version),
    [`index.${ending}`]: indexFile(names, ending),
    [`contract.${ending}`]: contractFile(names),
    [`cli.${ending}`]: cliFile(names),
    'index.test.js': testFile(names, ending, isolates),
    'README.md': readmeFile(names),
    '.gitignore': 'node_modules/\n*.tgz\n',
    ...(ending === 'ts' && { 'tsconfig.json': tsconfigFile }),
  }
}

/** `nexus` says where the code is; the rest of it is written by `nexus plugins pack`, so that editing needs no second step. */
function packageFile({ name, id, title }: Names, ending: Ending, version: string): string {
  const [major, minor] = version.split('.')
  return json({
    name,
    version: '0.1.0',
    description: `${title} for NEXUS.`,
    keywords: ['nexus-plugin'],
    license: 'MIT',
    type: 'module',
    exports: { './contract': `./contract.${ending}`, './package.json': './package.json' },
    files: [`*.${ending}`, '!*.test.*', 'README.md'],
    scripts: { test: 'node --test', check: 'nexus plugins check', pack: 'nexus plugins pack' },
    peerDependencies: { 'nexus-gateway': major === '0' ? `>=0.${minor} <1` : `^${major}.${minor}.0` },
    nexus: { api: 1, id, entry: `index.${ending}`, cli: `cli.${ending}` },
  })
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const tsconfigFile = json({
  compilerOptions: {
    target: 'es2023', lib: ['es2023', 'esnext.disposable', 'dom'], module: 'nodenext', moduleResolution: 'nodenext', strict: true,
    exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, erasableSyntaxOnly: true, allowImportingTsExtensions: true, skipLibCheck: true, noEmit: true,
  },
  include: ['*.ts'],
})

const readmeFile = ({ name, id, title }: Names): string => `# ${title}

A plugin for NEXUS. It greets people, until you let it do something better.

\`\`\`sh
nexus plugins add ${name}
\`\`\`

## Settings

\`\`\`json5
"${id}": { greeting: "Hello" } // what everybody is greeted with
\`\`\`

## Methods

| method | scope | answer |
|---|---|---|
| \`${id}.greet {name}\` | \`operator.read\` | \`{ text }\`; emits \`${id}.greeted {name}\` |

## Commands

\`nexus ${id} greet NAME\`

## Tools

\`${id.replaceAll('-', '_')}_greet\`: greets somebody by name.

## Working on it

\`\`\`sh
nexus plugins add . --link   # runs it in your gateway; every save replaces it
nexus plugins check          # types, tests, leaks, capabilities, docs
nexus plugins pack           # the tarball that npm publish takes
\`\`\`
`
