/** What plugin authors import. The kernel's vocabulary, and nothing else of the kernel. */
export { command, commands } from '../kernel/command.ts'
export { contract, controlWrites, definePlugin, event, hook, method, optional, route, service, upgrade } from '../kernel/contract.ts'
export type { Command, CommandIo, CommandOption, CommandSocket } from '../kernel/command.ts'
export type { Access, Call, CallLimit, ClientOf, Clock, Connection, Contract, Ctx, EmitOptions, Event, HookToken, Log, LogLevel, MaybePromise, Method, OptionalToken, Plugin, PluginSocket, Route, RouteContext, Schema, Scope, ServiceToken, TapOrder, Upgrade } from '../kernel/contract.ts'
export { admits, allows, labels, least, lowered, nobody } from '../kernel/provenance.ts'
export type { Caller, Cause, Label } from '../kernel/provenance.ts'
export { failures, NexusError } from '../kernel/errors.ts'
export type { ErrorRow, ErrorTable, WireCode } from '../kernel/errors.ts'
export {
  callAfter, callAuthorize, callBefore, configChanged, connectionAuthenticate, connectionClosed, connectionHello, connectionOpened, connectionRemote, Connections, gatewayListen, httpRequest,
  ConfigControl, configVerify, kernelBoot, kernelClose, KernelControl, kernelDrain, kernelReady, logWritten, pluginFailed, pluginFaulted, pluginLoaded, pluginUnloaded,
} from '../kernel/points.ts'
export type {
  AuthAnswer, AuthRequest, ConfigBackup, ConfigControlApi, ConfigOrigin, ConfigView, ConfigWrite, ConfigWritten, ConnectionsApi, HttpRequestInfo, KernelControlApi, LogRecord, Outcome, PluginNotice,
} from '../kernel/points.ts'
export type { ChangeReport, Inspection, Phase, PluginState } from '../kernel/report.ts'
export { nearest } from '../kernel/config/suggest.ts'
export { faultText } from '../kernel/config/fault.ts'
export type { ConfigFault, Place } from '../kernel/config/fault.ts'
export { parsePath, pathText, valueAt } from '../kernel/config/path.ts'
export type { KeyPath } from '../kernel/config/path.ts'
export type { Migration, Step as MigrationStep } from '../kernel/config/migrate.ts'
export type { JsonSchema } from '../kernel/config/schema.ts'
export type { Manifest, ManifestCommand } from '../kernel/manifest.ts'
export type { Held } from '../kernel/quarantine.ts'
export { Secret } from '../kernel/secret.ts'
export { direct, followedBy } from './answers.ts'
export { capabilityText, parseCapability } from './capabilities.ts'
export type { Capability } from './capabilities.ts'
export { createPrivate } from './files.ts'
export { secret } from './secret.ts'
export { colour, noColour, paintOf, plain } from './terminal.ts'
export type { Paint } from './terminal.ts'
