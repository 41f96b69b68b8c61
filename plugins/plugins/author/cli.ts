/** What authors run in the folder of their plugin. None of it needs a gateway. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { command, paintOf, plain } from 'nexus-gateway/sdk'
import type { Command, CommandIo, Manifest, Paint } from 'nexus-gateway/sdk'
import { checkCommand } from './check/command.ts'
import { consentLines } from './consent.ts'
import { scaffold } from './new.ts'
import { packFolder, type Describe, type Packed } from './pack.ts'

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export const authorCommands: Readonly<Record<string, Command>> = {
  'plugins new': command({
    summary: 'Write a plugin to start from: method, settings, tool, event, command, test',
    args: ['<name>'],
    options: { dir: { summary: 'The folder, by default the name', value: 'DIR' }, js: { summary: 'JavaScript instead of TypeScript' } },
    examples: ['nexus plugins new weather', 'nexus plugins new @me/nexus-weather --dir weather --js'],
    async run(io) {
      const { release } = await import('nexus-gateway/sdk/pack')
      const made = await scaffold(String(io.args['name']), { dir: text(io.options['dir']), js: io.options['js'] === true, cwd: process.cwd(), release: await release() })
      const paint = paintOf(io)
      io.print([`${paint('green', '✓')} ${plain(made.id)} is in ${made.dir}`, '', 'Next:', ...made.next.map((line) => `  ${line}`)].join('\n'), made)
    },
  }),
  'plugins pack': command({
    summary: 'Make the tarball that is published, with the whole manifest in it',
    args: ['[dir]'],
    options: {
      out: { summary: 'The tarball, by default NAME-VERSION.tgz here', value: 'FILE' },
      write: { summary: 'Also write the manifest and config.schema.json into the folder' },
      trusted: { summary: 'Run the plugin\'s code in this process to find out what it declares, not in one that can touch nothing' },
    },
    examples: ['nexus plugins pack', 'nexus plugins pack ./weather --out weather.tgz', 'npm publish "$(nexus plugins pack --json | jq -r .file)"'],
    run: (io) => withDescribe(io, async (describe, stubOnly) => {
      const packed = await packFolder(resolve(text(io.args['dir']) ?? '.'), { describe, stubOnly, out: text(io.options['out']), write: io.options['write'] === true, cwd: process.cwd(), signal: io.signal })
      io.print(packedText(packed, paintOf(io)), { ...packed, consent: consentLines(packed.manifest) })
    }),
  }),
  'plugins check': checkCommand,
}

/** Where the release has no plugin that isolates, an author's own code runs here. */
async function withDescribe(io: CommandIo, use: (describe: Describe, stubOnly: boolean) => Promise<void>): Promise<void> {
  const { describe, release } = await import('nexus-gateway/sdk/pack')
  const tier = io.options['trusted'] === true || !(await release()).isolates ? 'trusted' : 'isolated'
  const cacheDir = await mkdtemp(join(tmpdir(), 'nexus-describe-'))
  try {
    await use((folder): Promise<Manifest> => describe(folder, { tier, cacheDir }), tier === 'isolated')
  } finally {
    await rm(cacheDir, { recursive: true, force: true })
  }
}

function packedText({ file, name, version, size, unpackedSize, integrity, files, manifest }: Packed, paint: Paint): string {
  return [
    `${paint('green', '✓')} ${plain(name)} ${plain(version)}`,
    `  ${file}, ${kib(size)} (${kib(unpackedSize)} in ${files.length} files)`,
    `  ${paint('dim', integrity)}`,
    '', 'Whoever installs it is asked to agree to this:', ...consentLines(manifest).map((line) => `  ${line}`),
  ].join('\n')
}

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`
