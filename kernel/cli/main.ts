#!/usr/bin/env node
/**
 * The binary. It looks at its arguments before it imports anything that takes time, and what it imports at once
 * nobody else does: the build would put a shared module here, and whoever imports it would run the command line.
 */
import { isTooOld, refuse } from './node-version.ts'

const argv = process.argv.slice(2)
const { node } = process.versions

function version(): number {
  // Imported, a module of Node's has all its exports evaluated, also those that are there to be loaded late.
  const { readFileSync, writeSync } = process.getBuiltinModule('node:fs')
  const root = import.meta.url.endsWith('.ts') ? '../../' : '../'
  const about = JSON.parse(readFileSync(new URL(`${root}package.json`, import.meta.url), 'utf8')) as { version: string }
  writeSync(1, `${about.version}\n`)
  return 0
}

async function main(): Promise<number> {
  if (isTooOld(node)) return refuse(node, argv.includes('--json'))
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) return version()
  return (await import('./run.ts')).run(argv)
}

void main().then((status) => { process.exitCode = status })
