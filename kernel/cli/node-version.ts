/** What has to work on a Node that is too old for everything else. Imports nothing that needs a newer one. */

export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < 20 || (major === 20 && minor < 19)
}

/** Says NEXUS_START_NODE and gives its exit status. */
export async function refuse(version: string, json: boolean): Promise<number> {
  const { fail } = await import('../errors.ts')
  const { code, message, fix, exit } = fail('NEXUS_START_NODE', { version })
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, fix } })}\n`)
  else process.stderr.write(`${code}  ${message}\n  fix  ${fix}\n`)
  return exit
}
