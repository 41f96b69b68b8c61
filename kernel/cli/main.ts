#!/usr/bin/env node
/**
 * The binary. It looks at its arguments before it imports anything that takes time, and it shares no module with the
 * rest: the build would put that module here, and whoever imports it would run the command line.
 */
import { readFileSync, writeSync } from 'node:fs'

const argv = process.argv.slice(2)

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const root = import.meta.url.endsWith('.ts') ? '../../' : '../'
  const { version } = JSON.parse(readFileSync(new URL(`${root}package.json`, import.meta.url), 'utf8')) as { version: string }
  writeSync(1, `${version}\n`)
} else {
  void import('./run.ts').then(({ run }) => run(argv)).then((status) => { process.exitCode = status })
}
