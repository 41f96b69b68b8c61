/**
 * Every error the kernel makes, in one table. Texts name the plugin, the place and the fix;
 * placeholders are filled from data the kernel owns, never from a value somebody sent.
 * Plugins bring tables of their own through `failures()`.
 */

/** The protocol's codes (PROTOCOL section 6). */
export type WireCode = 'INVALID_REQUEST' | 'UNAVAILABLE' | 'FORBIDDEN' | 'NOT_PAIRED' | 'AGENT_TIMEOUT' | 'APPROVAL_NOT_FOUND'

export interface ErrorRow {
  /** One line; `{name}` is replaced from the error's data. */
  readonly text: string
  readonly fix: string
  readonly wire?: WireCode
  /** The protocol's `details.code`, where it has one. */
  readonly detail?: string
  readonly status?: number
  readonly retryable?: boolean
  /** Process exit status when this error ends a command or the start. */
  readonly exit?: number
}
export type ErrorTable = Readonly<Record<string, ErrorRow>>
export type ErrorData = Readonly<Record<string, unknown>>

export class NexusError extends Error {
  override readonly name = 'NexusError'
  readonly code: string
  readonly row: ErrorRow
  readonly data: ErrorData
  constructor(code: string, row: ErrorRow, data: ErrorData = {}, cause?: unknown) {
    super(fill(row.text, data), cause === undefined ? undefined : { cause })
    this.code = code
    this.row = row
    this.data = data
  }
  get fix(): string { return fill(this.row.fix, this.data) }
  get wire(): WireCode { return this.row.wire ?? 'UNAVAILABLE' }
  get retryable(): boolean { return this.row.retryable ?? false }
  get status(): number { return this.row.status ?? statusOf[this.wire] }
  get exit(): number { return this.row.exit ?? 1 }
}

const statusOf: Record<WireCode, number> = {
  INVALID_REQUEST: 400, UNAVAILABLE: 503, FORBIDDEN: 403, NOT_PAIRED: 403, AGENT_TIMEOUT: 504, APPROVAL_NOT_FOUND: 404,
}

function fill(text: string, data: ErrorData): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in data ? String(data[name]) : whole))
}

/** Makes the throwing side of a table: `throw fail('NEXUS_X_Y', { plugin })`. */
export function failures<T extends ErrorTable>(table: T) {
  return (code: keyof T & string, data: ErrorData = {}, cause?: unknown): NexusError => {
    const row = table[code]
    if (!row) throw new TypeError(`no error code ${code} in this table`)
    return new NexusError(code, row, data, cause)
  }
}

const bad = { wire: 'INVALID_REQUEST' } as const
const later = { wire: 'UNAVAILABLE', retryable: true } as const

export const kernelErrors = {
  // Calls
  NEXUS_CALL_UNKNOWN_METHOD: { ...bad, status: 404, text: 'unknown method: {method}', fix: 'See `nexus call --list`, or turn on the plugin that has it.{hint}' },
  NEXUS_CALL_INVALID_PARAMS: { ...bad, text: 'invalid {method} params: {faults}', fix: 'Correct the named fields.' },
  NEXUS_CALL_DENIED: { wire: 'FORBIDDEN', detail: 'MISSING_SCOPE', text: 'missing scope: {missing}', fix: 'Use a credential that holds the scope {missing}.' },
  NEXUS_CALL_UNAUTHENTICATED: { ...bad, status: 401, detail: 'AUTH_TOKEN_MISSING', text: 'unauthorized: {reason}', fix: 'Send a valid token.' },
  NEXUS_CALL_MADE_UP: { wire: 'FORBIDDEN', text: 'plugin "{plugin}" called {verb} on behalf of a caller that it made up or changed', fix: 'Pass on the call that it is for, `lowered()` where that is due, or `ctx.cause`.' },
  NEXUS_CALL_NO_AUTHORIZER: { wire: 'FORBIDDEN', text: 'no plugin decides who may call, so nobody may', fix: 'Enable the plugin `auth`, or another one that taps call.authorize.' },
  NEXUS_CALL_FAILED: { wire: 'UNAVAILABLE', status: 500, text: '{verb} failed in plugin "{plugin}"', fix: 'The gateway\'s log has the cause under trace {trace}.' },
  NEXUS_CALL_ABORTED: { wire: 'UNAVAILABLE', text: '{verb} was cut off', fix: 'Call again if it is still wanted.' },
  NEXUS_CALL_DRAINING: { ...later, text: 'the gateway is stopping', fix: 'Call again after the restart.' },
  NEXUS_CALL_SWAPPING: { ...later, text: 'plugin "{plugin}" is being replaced', fix: 'Call again in a moment.' },
  NEXUS_CALL_BAD_RESULT: { wire: 'UNAVAILABLE', status: 500, text: '{verb} of plugin "{plugin}" answered against its own contract: {faults}', fix: 'Correct the handler or its `result` schema.' },
  // Plugins: resolve
  NEXUS_PLUGIN_NOT_FOUND: { exit: 78, text: 'plugin "{plugin}" was not found{where}', fix: 'Check the name in the list `plugins`.{hint}' },
  NEXUS_PLUGIN_BAD_MANIFEST: { exit: 78, text: 'plugin "{plugin}" has a bad manifest: {faults}', fix: 'Correct `nexus` in {place}, or write it with `nexus plugins pack`.' },
  NEXUS_PLUGIN_API_LEVEL: { exit: 78, text: 'plugin "{plugin}" wants API level {wants}; this gateway has {has}', fix: 'Install a version of {plugin} made for level {has}.' },
  NEXUS_PLUGIN_DUPLICATE_ID: { exit: 78, text: 'two plugins are called "{plugin}": {first} and {second}', fix: 'Leave one of them out of the list.' },
  NEXUS_PLUGIN_DUPLICATE_NAME: { exit: 78, text: 'plugin "{plugin}" and plugin "{other}" both have the {kind} "{name}"', fix: 'Leave one of the two plugins out.' },
  NEXUS_PLUGIN_PATH_TAKEN: { exit: 78, text: 'plugin "{plugin}" claims the path {path}, which the gateway answers itself', fix: 'Let {plugin} claim another path under `paths`, or leave it out with "-{plugin}" in `plugins`.' },
  NEXUS_PLUGIN_MISSING_SERVICE: { exit: 78, text: 'plugin "{plugin}" requires service "{service}", which no enabled plugin provides', fix: '{hint}' },
  NEXUS_PLUGIN_CYCLE: { exit: 78, text: 'plugins require each other in a circle: {path}', fix: 'Make one of these dependencies optional() or move the shared part to a third plugin.' },
  NEXUS_PLUGIN_CAPABILITY: { exit: 78, text: 'plugin "{plugin}" needs the capability "{capability}", which it does not declare', fix: 'Add "{capability}" to `capabilities` of {plugin}.' },
  NEXUS_PLUGIN_BLOCKED: { exit: 78, text: 'plugin "{plugin}" cannot run because "{other}" does not', fix: 'Mend "{other}" first.' },
  // Plugins: load and setup
  NEXUS_PLUGIN_NEEDS_TRUST: { exit: 78, text: 'plugin "{plugin}" runs only inside the gateway\'s process, and is not trusted to', fix: 'If you trust its author with all the gateway can do, add "{plugin}" to `pluginPolicy.trusted`.' },
  NEXUS_PLUGIN_NO_ISOLATOR: { exit: 78, text: 'this release has no plugin that runs others in a process of their own', fix: 'Install the whole release again.' },
  NEXUS_PLUGIN_DENIED: { exit: 78, text: 'plugin "{plugin}" is kept out by `pluginPolicy`', fix: 'Change `allow` or `deny` of `pluginPolicy` in nexus.json5, or take it out of `plugins`.' },
  NEXUS_PLUGIN_TAMPERED: { exit: 78, text: 'plugin "{plugin}" is not what was installed: {faults}', fix: 'Install it again with `nexus plugins add`, and find out who changed it.' },
  NEXUS_PLUGIN_NOT_GRANTED: { exit: 78, text: 'plugin "{plugin}" asks for more than it was granted: {more}', fix: 'Look at `nexus plugins grants {plugin}`; agree with `nexus plugins grants {plugin} --accept`.' },
  NEXUS_PLUGIN_BAD_LOCK: { exit: 78, text: '{file} cannot be used: {reason}', fix: 'Restore it from a backup, or remove it and install the plugins again with `nexus plugins add`.' },
  NEXUS_PLUGIN_QUARANTINED: { exit: 78, text: 'plugin "{plugin}" is in quarantine: {reason}', fix: 'Correct or update it, then let it run again with `nexus containment release {plugin}`; or leave it out of `plugins`.' },
  NEXUS_PLUGIN_LOAD_FAILED: { exit: 70, text: 'plugin "{plugin}" could not be loaded from {place}: {reason}', fix: 'Correct the file and reload the plugin.' },
  NEXUS_PLUGIN_LOAD_TIMEOUT: { exit: 70, text: 'plugin "{plugin}" did not finish loading within {seconds} s', fix: 'Look for a top-level await that never ends, or an export named `then`, in {place}.' },
  NEXUS_PLUGIN_NOT_A_PLUGIN: { exit: 70, text: '{place} has no plugin as its default export', fix: 'Write `export default definePlugin({ … })`.' },
  NEXUS_PLUGIN_MANIFEST_DIFFERS: { exit: 78, text: 'plugin "{plugin}" is not what its manifest says: {faults}', fix: 'Write the manifest anew with `nexus plugins pack`.' },
  NEXUS_PLUGIN_SETUP_FAILED: { exit: 70, text: 'setup of plugin "{plugin}" failed: {reason}', fix: 'Correct the plugin, or leave it out with "-{plugin}" in `plugins`.' },
  NEXUS_PLUGIN_SETUP_TIMEOUT: { exit: 70, text: 'setup of plugin "{plugin}" was not done within {seconds} s', fix: 'Look for a promise that never resolves; move slow work to scope.spawn().' },
  NEXUS_PLUGIN_UNDECLARED: { exit: 70, text: 'setup of plugin "{plugin}" returned {kind} "{name}", which it does not declare', fix: 'Declare it in the contract or leave it out.' },
  NEXUS_PLUGIN_NOT_IMPLEMENTED: { exit: 70, text: 'setup of plugin "{plugin}" did not return the declared {kind} "{name}"', fix: 'Return it from setup or take it out of the contract.' },
  NEXUS_PLUGIN_REQUIRED: { exit: 70, text: 'plugin "{plugin}" is required and cannot be left out while the gateway runs', fix: 'Replace it by a plugin that provides the same, or stop the gateway.' },
  NEXUS_PLUGIN_CONFIG: { exit: 78, text: 'settings of plugin "{plugin}": {faults}', fix: 'Correct the named keys in nexus.json5.' },
  NEXUS_PLUGIN_NOT_RUNNING: { ...bad, text: 'no running plugin "{plugin}"', fix: 'See `nexus plugins list`.' },
  NEXUS_PLUGIN_RELOAD_FAILED: { ...bad, status: 409, text: 'plugin "{plugin}" was not replaced: {reason}', fix: 'The old one {old}. Correct the new one and reload.' },
  // Scopes and hooks
  NEXUS_SCOPE_CLOSED: { exit: 70, text: 'plugin "{plugin}" registered {what} after it was closed', fix: 'Stop the work when scope.signal aborts.' },
  NEXUS_SCOPE_STUCK: { exit: 70, text: 'plugin "{plugin}" still runs {what} after {seconds} s', fix: 'Let it end when its signal aborts.' },
  NEXUS_SCOPE_DISPOSER: { exit: 70, text: 'plugin "{plugin}" failed to clean up {what}', fix: 'Correct the disposer; the other ones ran.' },
  NEXUS_HOOK_FAILED: { wire: 'UNAVAILABLE', status: 500, text: 'plugin "{plugin}" failed in hook {hook}', fix: 'See the cause in the log.' },
  NEXUS_HOOK_UNKNOWN_ORDER: { exit: 70, text: 'plugin "{plugin}" wants to run {order} "{other}" in hook {hook}, and there is no such plugin', fix: 'Name a plugin id of this installation.' },
  NEXUS_HOOK_ORDER_CYCLE: { exit: 70, text: 'taps of hook {hook} want to run before each other: {path}', fix: 'Drop one of the before/after.' },
  NEXUS_HOOK_NOT_OWNED: { exit: 70, text: 'plugin "{plugin}" may not invoke hook {hook}', fix: 'A plugin invokes hooks called {plugin}.… only.' },
  NEXUS_EVENT_UNDECLARED: { exit: 70, text: 'plugin "{plugin}" emitted the undeclared event "{event}"', fix: 'Declare it under `events`.' },
  NEXUS_EVENT_BAD_PAYLOAD: { exit: 70, text: 'plugin "{plugin}" emitted "{event}" against its own contract: {faults}', fix: 'Correct the payload or its schema.' },
  // The wire
  NEXUS_FRAME_INVALID: { ...bad, text: 'invalid request frame: {faults}', fix: 'Send {"type":"req","id","method","params"} and nothing else.' },
  NEXUS_CONNECT_FIRST: { ...bad, text: 'invalid handshake: first request must be connect', fix: 'Send `connect` first.' },
  NEXUS_CONNECT_TWICE: { ...bad, text: 'connect is only valid as the first request', fix: 'Open a new connection.' },
  NEXUS_CONNECT_PARAMS: { ...bad, text: 'invalid connect params: {faults}', fix: 'See the handshake in the protocol.' },
  NEXUS_CONNECT_PROTOCOL: { ...bad, detail: 'PROTOCOL_MISMATCH', text: 'protocol mismatch', fix: 'Offer protocol 3 or 4.' },
  NEXUS_CONNECT_ROLE: { ...bad, text: 'invalid role', fix: 'Use the role operator or node.' },
  NEXUS_HTTP_NOT_FOUND: { ...bad, status: 404, text: 'nothing here', fix: 'Check the path.' },
  NEXUS_HTTP_BODY: { ...bad, text: 'the body must be a JSON object with `method`, and `params` if any', fix: 'Send {"method":"ping"}.' },
  NEXUS_HTTP_TOO_LARGE: { ...bad, status: 413, text: 'the body is larger than {limit} bytes', fix: 'Send less.' },
  // Start and stop
  NEXUS_START_NODE: { exit: 69, text: 'Node {version} is too old', fix: 'Install Node 20.19 or newer.' },
  NEXUS_START_PORT: { exit: 75, text: 'port {port} on {host} is in use', fix: 'Stop the program that has it, or start with --port N.' },
  NEXUS_START_BIND: { exit: 75, text: 'cannot listen on {host}:{port}: {reason}', fix: 'Check --bind and --port.' },
  NEXUS_START_STATE: { exit: 73, text: 'the state directory {dir} is not writable', fix: 'Correct its owner and mode, or set NEXUS_STATE_DIR.' },
  NEXUS_START_LOCKED: { exit: 76, text: 'a gateway with pid {pid} already runs on {dir}', fix: 'Stop it with `nexus stop`, or set NEXUS_STATE_DIR to another directory.' },
  NEXUS_CONFIG_SYNTAX: { exit: 78, text: '{file}:{line}:{column}: {reason}', fix: 'Correct the file; it is JSON5.' },
  NEXUS_CONFIG_INVALID: { ...bad, exit: 78, text: 'the settings in {file} are not valid: {faults}', fix: 'Correct the named keys; nothing was changed. `nexus config validate` checks the file.' },
  NEXUS_CONFIG_UNREADABLE: { exit: 66, text: 'cannot read {file}: {reason}', fix: 'Check the path and its mode.' },
  // The command line
  NEXUS_CLI_USAGE: { exit: 2, text: '{reason}', fix: '{hint}' },
  NEXUS_CLI_NO_GATEWAY: { exit: 69, text: 'no gateway runs on {place}', fix: 'Start one with `nexus start`, or name one with --url.' },
  NEXUS_CLI_TOKEN_FILE: { exit: 66, text: 'cannot read the token file {file}', fix: 'Check the path and its mode.' },
} as const satisfies ErrorTable

export type KernelErrorCode = keyof typeof kernelErrors
export const fail = failures(kernelErrors)

/** Anything thrown, as an error of ours; what is not becomes the cause of `code`. */
export function asNexusError(error: unknown, code: KernelErrorCode, data: ErrorData): NexusError {
  return error instanceof NexusError ? error : fail(code, data, error)
}

/** The first line of what somebody threw, fit for a report. */
export function reasonOf(error: unknown): string {
  if (error instanceof NexusError) return `${error.message}. ${error.fix}`
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] || 'no reason given'
}
