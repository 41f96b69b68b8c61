/** The vocabulary of a command: what it is given and what it says of itself. */
import type { Ctx, MaybePromise } from './contract.ts'

/** What a command may talk to: the running gateway (found by socket or `--url`) and the terminal. */
export interface CommandIo {
  readonly args: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly options: Readonly<Record<string, string | boolean | undefined>>
  readonly json: boolean
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly paths: Ctx['paths']
  readonly env: NodeJS.ProcessEnv
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** One verb of the running gateway. */
  call(method: string, params?: unknown): Promise<unknown>
  /** A WebSocket to it, for commands that follow events. */
  connect(): Promise<CommandSocket>
  /** Prints `value` as JSON under `--json`, `text` otherwise. */
  print(text: string, value: unknown): void
}
export interface CommandSocket extends AsyncDisposable {
  call(method: string, params?: unknown): Promise<unknown>
  on(event: string, fn: (payload: never) => void): () => void
  readonly closed: Promise<void>
}
export interface CommandOption { readonly summary: string; readonly value?: string; readonly short?: string; readonly default?: string; /** May be given several times; the values are joined by line feeds. */ readonly many?: boolean }
export interface Command {
  readonly summary: string
  /** As in `<id>`, `[id]`, `[...ids]`. */
  readonly args?: readonly string[]
  readonly options?: Readonly<Record<string, CommandOption>>
  readonly examples?: readonly string[]
  /** Works without a running gateway too: then the kernel is booted without listeners, and `call` runs the method there. */
  readonly offline?: boolean
  /** Resolves to an exit code; nothing is 0. */
  run(io: CommandIo): MaybePromise<number | void>
}
export const command = (c: Command): Command => c
/** The default export of a plugin's `cli.ts`: full command names (`plugins list`) to commands. */
export const commands = (all: Readonly<Record<string, Command>>): Readonly<Record<string, Command>> => all
