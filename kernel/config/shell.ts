/** What the operator's login shell exports: for variables that a service manager did not pass on. */
import { spawn } from 'node:child_process'
import { isAbsolute } from 'node:path'

const maxBytes = 1024 * 1024
/** Divides what the shell's own start-up files print from the variables. */
const marker = 'NEXUS-ENVIRONMENT'

/** Only `names`. Nothing if the shell fails or takes longer than `timeoutMs`; it and all it started is ended then. */
export async function shellVariables(names: readonly string[], env: NodeJS.ProcessEnv, timeoutMs: number): Promise<Readonly<Record<string, string>> | undefined> {
  const shell = env['SHELL'] && isAbsolute(env['SHELL']) ? env['SHELL'] : '/bin/sh'
  const output = await run(shell, ['-l', '-c', `printf '\\0${marker}\\0'; command env -0`], env, timeoutMs)
  const start = output?.lastIndexOf(`\0${marker}\0`) ?? -1
  if (output === undefined || start < 0) return undefined
  const lines = output.slice(start + marker.length + 2).split('\0').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
  return Object.fromEntries(lines.filter(([name, value]) => names.includes(name) && value !== ''))
}

function run(shell: string, args: readonly string[], env: NodeJS.ProcessEnv, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    // A group of its own, so that whatever the start-up files run ends with it.
    const child = spawn(shell, args, { env, stdio: ['ignore', 'pipe', 'ignore'], detached: true })
    const chunks: Buffer[] = []
    let size = 0
    const end = (output?: string): void => {
      clearTimeout(timer)
      if (output === undefined && child.pid !== undefined) kill(child.pid)
      child.stdout.destroy()
      resolve(output)
    }
    const timer = setTimeout(end, timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      if ((size += chunk.length) > maxBytes) end()
    })
    child.once('error', () => end())
    child.once('close', (code) => end(code === 0 ? Buffer.concat(chunks).toString('utf8') : undefined))
  })
}

function kill(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
