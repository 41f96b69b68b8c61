/**
 * Who runs plugins outside this process. The kernel knows no such thing: a plugin that ships with the gateway brings
 * it, as the default export of the file that its manifest names `isolator`. What it gives back are a definition and
 * commands like any other's; that their work is done elsewhere is nobody's concern.
 */
import type { Command } from './command.ts'
import type { Plugin } from './contract.ts'
import type { Manifest } from './manifest.ts'

/** A module of the plugin, as somebody else's process can run it. */
export type Served =
  /** A file of its own as JavaScript in CommonJS form; imports in it stand as `await jitiImport("…")`. */
  | { readonly file: string; readonly code: string }
  | { readonly file: string; readonly json: unknown }
  /** One of the modules that every plugin shares with its host. */
  | { readonly shared: string }
  /** One of Node's, or a library's file: to be imported as it is. */
  | { readonly native: string }

/** The code of one plugin: read and transformed here, so that the process it runs in does not have to. */
export interface IsolatedCode {
  readonly id: string
  /** The file or folder it was named by, for people. */
  readonly place: string
  /** Its folder, a real path. */
  readonly root: string
  readonly entry: string
  readonly cli?: string
  /** Loads of one life of the plugin: each file is read once, and `hash` tells what they were. Rejects if the code is not what was agreed to. */
  session(): Promise<CodeSession>
}
export interface CodeSession {
  /** What `specifier` means in the file `from`; for `entry` and `cli` themselves, `from` is empty. Rejects with what is wrong, such as a syntax error with its place. */
  load(specifier: string, from: string): Promise<Served>
  /** The files of its own that were read so far, and the SHA-256 of what was in each, base64url. */
  files(): readonly string[]
  hashes(): ReadonlyMap<string, string>
  /** Of all of these, short. */
  hash(): string
}

export interface Isolator {
  /** What its stand-ins need beyond what the plugins ask for. */
  readonly requires: Manifest['requires']
  /** Runs the definition where it can touch nothing, and tells its whole manifest. Throws NEXUS_PLUGIN_LOAD_FAILED, _LOAD_TIMEOUT, _NOT_A_PLUGIN. */
  describe(code: IsolatedCode): Promise<Manifest>
  /** The definition that stands for it here. */
  standIn(code: IsolatedCode, manifest: Manifest): Plugin
  commands(code: IsolatedCode, manifest: Manifest): Readonly<Record<string, Command>>
}
