/** What goes wrong between a gateway and the processes of its plugins. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const down = { wire: 'UNAVAILABLE', status: 503, retryable: true } as const

export const isolationErrors = {
  NEXUS_ISOLATION_CANNOT_CROSS: { exit: 78, text: 'plugin "{plugin}" cannot run in a process of its own: {faults}', fix: 'Change the plugin, or, if you trust its author with all the gateway can do, add "{plugin}" to `pluginPolicy.trusted`.' },
  NEXUS_ISOLATION_DOWN: { ...down, text: 'the process of plugin "{plugin}" is not there: {reason}', fix: 'Call again in a moment; `nexus call isolation.list` shows what becomes of it.' },
  NEXUS_ISOLATION_QUARANTINED: { wire: 'UNAVAILABLE', status: 503, text: 'plugin "{plugin}" was taken out of service: {reason}', fix: 'Correct it, then `nexus plugins reload {plugin}`.' },
  NEXUS_ISOLATION_NO_BWRAP: { exit: 69, text: 'plugin "{plugin}" is not started: `isolation.bwrap` is "required", and bwrap {reason}', fix: 'Install bubblewrap and allow unprivileged user namespaces, or set `isolation.bwrap` to "auto".' },
  NEXUS_ISOLATION_UNDECLARED: { wire: 'FORBIDDEN', text: 'plugin "{plugin}" asked for {what}, which it does not declare', fix: 'Declare it in the plugin, and write its manifest anew with `nexus plugins pack`.' },
  NEXUS_ISOLATION_CAUSE_GONE: { wire: 'INVALID_REQUEST', text: 'plugin "{plugin}" called {verb} for a call that has ended', fix: 'Keep the call open with `call.waitUntil`, or pass `ctx.cause`.' },
} as const satisfies ErrorTable

export const fail = failures(isolationErrors)
