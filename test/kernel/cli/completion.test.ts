import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nexus } from './spawn.ts'

let dir: string
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nexus-completion-'))
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(dir, shell), (await nexus(['completion', shell])).out)
})
afterAll(() => rmSync(dir, { recursive: true }))

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0
/** What a Tab after `line` would offer. */
const tabs: Readonly<Record<string, (line: readonly string[]) => string[]>> = {
  bash: (line) => run('bash', ['--norc', '-c', `source ${join(dir, 'bash')}; COMP_WORDS=(${line.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${line.length - 1}; _nexus; printf '%s\\n' "\${COMPREPLY[@]}"`]),
  zsh: (line) => run('zsh', ['-f', '-c', `
    _describe() { print -l -- \${(P)2%%:*} }; compadd() { shift; print -l -- "$@" }; _files() { print FILES }; _message() { }; compdef() { }
    source ${join(dir, 'zsh')}; words=(${line.map((word) => `'${word}'`).join(' ')}); CURRENT=${line.length}; _nexus`]),
  fish: (line) => run('fish', ['--no-config', '-c', `source ${join(dir, 'fish')}; complete -C '${line.join(' ')}'`]).map((word) => word.split('\t')[0]!),
}
function run(shell: string, args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.split('\n').filter(Boolean)
}

describe.for(Object.keys(tabs))('%s', (shell) => {
  const tab = tabs[shell]!
  test.skipIf(!has(shell)).for([
    [['nexus', ''], ['start', 'stop', 'call', 'help', 'logs']],
    [['nexus', 'start', '--'], ['--port', '--bind', '--json', '--help']],
    [['nexus', 'start', '--json', '--bind', ''], ['loopback', 'lan']],
    [['nexus', 'call', ''], ['ping', 'health']],
    [['nexus', 'completion', ''], ['bash', 'zsh', 'fish']],
    [['nexus', 'explain', ''], ['NEXUS_START_PORT', 'NEXUS_CLI_TIMEOUT']],
    [['nexus', 'logs', '--'], ['--follow', '--url', '--token-file']],
  ] as const)('offers what may follow %j', ([line, expected]) => {
    expect(tab(line)).toEqual(expect.arrayContaining([...expected]))
  })

  test.skipIf(!has(shell))('offers nothing of another command', () => {
    expect(tab(['nexus', 'stop', '--'])).not.toContain('--port')
    expect(tab(['nexus', 'stop', '--'])).toContain('--now')
    expect(tab(['nexus', 'start', '--bind', ''])).not.toContain('stop')
  })
})

test('bash completes to the one word that fits', () => {
  expect(tabs['bash']!(['nexus', 'comp'])).toEqual(['completion'])
  expect(tabs['bash']!(['nexus', 'call', '--token-f'])).toEqual(['--token-file'])
})
