/** The commands that come with the kernel: what help says of them and where each one lives. */
import type { Command } from '../command.ts'
import type { ManifestCommand } from '../manifest.ts'

export interface OwnCommand extends ManifestCommand {
  /** Talks to a running gateway, so it takes the flags that say to which one. */
  readonly calls: boolean
  load(): Promise<Command['run']>
}

export const ownCommands: Readonly<Record<string, OwnCommand>> = {
  start: {
    summary: 'Start the gateway and stay in the foreground',
    options: {
      port: { short: 'p', value: 'PORT', summary: 'TCP port (default 19789, or gateway.port of the settings; 0 picks a free one)' },
      bind: { value: 'loopback|lan|ADDRESS', summary: 'Who can reach the port (default loopback)' },
      plugins: { value: 'LIST', summary: 'Edits of the plugin list: "id", a path or a package adds, "-id" leaves out, "-*" empties' },
      set: { value: 'KEY=VALUE', many: true, summary: 'One setting, over what the file says; may be given several times' },
      strict: { summary: 'Refuse to start with settings that are not valid, instead of using the last ones that were' },
      config: { short: 'c', value: 'FILE', summary: 'Settings to use (default nexus.json5 in the state directory)' },
    },
    examples: ['nexus start', 'nexus start --port 8080 --bind lan', 'nexus start --plugins ./hello.ts,-openai', 'nexus start --set logs.level=debug', 'nexus start --json'],
    calls: false,
    load: async () => (await import('./start.ts')).start,
  },
  stop: {
    summary: 'Stop the running gateway: it finishes what it is doing first',
    options: {
      now: { summary: 'Do not wait for calls in flight' },
      timeout: { value: 'MS', summary: 'How long to wait for the end (default 15000)' },
    },
    examples: ['nexus stop', 'nexus stop --now'],
    calls: false,
    load: async () => (await import('./stop.ts')).stop,
  },
  call: {
    summary: 'Call a method of the running gateway and print the answer',
    args: ['[method]', '[params]'],
    options: { list: { summary: 'List the methods that can be called' } },
    examples: ['nexus call ping', 'nexus call chat.history \'{"sessionKey":"main"}\'', 'nexus call chat.send @message.json', 'echo \'{"data":1}\' | nexus call ping -', 'nexus call --list'],
    calls: true,
    load: async () => (await import('./call.ts')).call,
  },
  explain: {
    summary: 'Explain an error code: what happened, where, and what to do',
    args: ['[code]'],
    examples: ['nexus explain NEXUS_START_PORT', 'nexus explain'],
    calls: false,
    load: async () => (await import('./explain.ts')).explain,
  },
  completion: {
    summary: 'Print a completion script for bash, zsh or fish',
    args: ['<shell>'],
    examples: ['source <(nexus completion bash)', 'nexus completion zsh > ~/.zfunc/_nexus', 'nexus completion fish > ~/.config/fish/completions/nexus.fish'],
    calls: false,
    load: async () => (await import('./completion.ts')).completion,
  },
}

const json = { summary: 'Print JSON, errors too' }
const help = { short: 'h', summary: 'Show help for the command' }

/** Options of every command, and those of commands that talk to a gateway. */
export const commonOptions = { json, help } as const
export const gatewayOptions = {
  url: { value: 'URL', summary: 'The gateway to talk to (default: the one that runs on the state directory)' },
  'token-file': { value: 'FILE', summary: 'File with the token, - for standard input (default: $NEXUS_TOKEN)' },
  'tls-pin': { value: 'PIN', summary: 'Trust the certificate of this key (default: $NEXUS_TLS_PIN)' },
  timeout: { value: 'MS', summary: 'How long to wait for an answer (default 30000)' },
} as const
