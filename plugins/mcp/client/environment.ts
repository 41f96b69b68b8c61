/** The environment of a server's program: what it needs to run, what the settings give it, and nothing of the gateway's. */
import type { Secret } from 'nexus-gateway/sdk'

const passed = ['PATH', 'HOME', 'LANG']
/** Without these nothing starts there. */
const passedOnWindows = ['SystemRoot', 'PATHEXT', 'USERPROFILE', 'TEMP', 'TMP', 'APPDATA', 'LOCALAPPDATA']
/** They make a program load or run something else than it says. */
const refused = /^(LD_.*|DYLD_.*|GLIBC_TUNABLES|NODE_OPTIONS|NODE_PATH|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|ZDOTDIR|IFS|PERL5OPT|PERL5LIB|RUBYOPT|RUBYLIB|PYTHONSTARTUP|PYTHONHOME|PYTHONPATH|JAVA_TOOL_OPTIONS|GIT_SSH.*|GIT_CONFIG.*)$/i

/** Why a name of the settings cannot be set, if it cannot. */
export function refusalOf(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) return '`env` has a name that is no name of a variable'
  return refused.test(name) ? `\`env.${name}\` would make the program run something else` : undefined
}

/** Secrets are asked for anew with every start. */
export async function environmentOf(own: Readonly<Record<string, Secret>>, from: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const names = process.platform === 'win32' ? [...passed, ...passedOnWindows] : passed
  const given = names.flatMap((name): [string, string][] => (from[name] === undefined ? [] : [[name, from[name]]]))
  const said = await Promise.all(Object.entries(own).map(async ([name, secret]): Promise<[string, string]> => [name, await secret.reveal()]))
  return Object.fromEntries([...given, ...said])
}
