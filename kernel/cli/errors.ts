/** Errors that only the command line makes, and how a command that failed says so. */
import { failures, kernelErrors, reasonOf, type ErrorTable, type NexusError } from '../errors.ts'
import { jsonText, put, styleOf } from './terminal.ts'

export const cliErrors = {
  NEXUS_CLI_USAGE: kernelErrors.NEXUS_CLI_USAGE,
  NEXUS_CLI_NO_GATEWAY: kernelErrors.NEXUS_CLI_NO_GATEWAY,
  NEXUS_CLI_TOKEN_FILE: kernelErrors.NEXUS_CLI_TOKEN_FILE,
  NEXUS_CLI_UNREACHABLE: { exit: 69, text: 'cannot talk to the gateway at {place}: {reason}', fix: 'Check the address, and that what listens there is a gateway.' },
  NEXUS_CLI_TIMEOUT: { exit: 75, retryable: true, text: 'no answer to {method} within {ms} ms', fix: 'It may still be running. Give it longer with --timeout MS.' },
  NEXUS_CLI_PLAIN: { exit: 2, text: 'plain {scheme} to {place} is refused: everybody on the way could read the token and all that is said', fix: 'Use https:// or wss://, or a tunnel such as `ssh -L 19789:127.0.0.1:19789 HOST`, or set NEXUS_INSECURE=1 on a network that you trust.' },
  NEXUS_CLI_PIN: { exit: 77, text: 'the certificate at {place} has the pin {found}, not {wanted}', fix: 'If the gateway was given another key, take the pin that it shows when it starts. If it was not, somebody stands between.' },
  NEXUS_CLI_IMPOSTOR: { exit: 77, text: 'what answers on the socket of {place} does not know the secret in {file}{said}', fix: 'If the gateway is just starting or stopping, try again. If it runs without the plugin `auth`, delete that file. Otherwise another program has its socket: start the gateway anew.' },
  NEXUS_CLI_COMMAND: { exit: 70, text: 'command "{command}" of {owner} failed: {reason}', fix: 'Report it to the author of {owner}.' },
  NEXUS_STOP_TIMEOUT: { exit: 75, text: 'the gateway with pid {pid} has not ended within {seconds} s', fix: 'Wait for it, or end it at once with `nexus stop --now`.' },
  NEXUS_STOP_AWAY: { exit: 77, text: 'the gateway of {dir} runs in another container', fix: 'Stop that container, or run `nexus stop` inside it.' },
} as const satisfies ErrorTable

export const fail = failures(cliErrors)
export const misused = (reason: string, hint: string): NexusError => fail('NEXUS_CLI_USAGE', { reason, hint })

/** Known by its name: what a plugin's command throws may come from another copy of the class. */
export const isOurs = (error: unknown): error is NexusError => error instanceof Error && error.name === 'NexusError'

/** Prints an error, as JSON on standard output under `--json`, and gives the exit status. */
export function report(error: unknown, json: boolean): number {
  const known = isOurs(error) ? error : fail('NEXUS_CLI_COMMAND', { command: 'nexus', owner: 'nexus-gateway', reason: reasonOf(error) }, error)
  const { code, message, fix } = known
  if (json) put(1, jsonText({ error: { code, message, ...(fix && { fix }) } }))
  else put(2, said(known))
  return known.exit
}

export function said({ code, message, fix }: NexusError, style = styleOf(2)): string {
  return `${style.red(code)}  ${message}\n${fix && `${' '.repeat(code.length - 3)}${style.dim('fix')}  ${fix}\n`}`
}
