/** The kernel's own keys of the settings. */
import type { ConfigFault } from './fault.ts'
import type { TlsSettings } from '../gateway/tls.ts'
import { defaultPolicy, policySchema, type PluginPolicy } from './policy.ts'
import { checkConfig, type CheckOptions, type JsonSchema } from './schema.ts'
import type { Table } from './table.ts'

export interface GatewayConfig {
  readonly port: number
  /** `loopback`, `lan` or an address. */
  readonly bind: string
  readonly tls?: TlsSettings
}
export interface OwnConfig {
  /** With defaults in place of what is not valid. */
  readonly gateway: GatewayConfig
  /** Edits of the default set. */
  readonly plugins: readonly string[]
  readonly policy: PluginPolicy
  readonly faults: readonly ConfigFault[]
}

const name: JsonSchema = { type: 'string', minLength: 1, maxLength: 1_024 }
const include: JsonSchema = { anyOf: [name, { type: 'array', items: name }], description: 'A file, or a list of files, that these settings are laid over.' }

export const ownSchema = {
  type: 'object',
  properties: {
    gateway: {
      type: 'object',
      properties: {
        port: { type: 'integer', minimum: 0, maximum: 65_535, default: 19_789, description: 'Where clients connect; 0 takes any port that is free.' },
        bind: { type: 'string', minLength: 1, maxLength: 255, default: 'loopback', description: 'loopback, lan or an address.' },
        tls: {
          type: 'object',
          properties: {
            cert: { ...name, description: 'File with the certificate, and those it rests on, in PEM.' },
            key: { ...name, description: 'File with its key in PEM.' },
            generate: { type: 'boolean', description: 'Use a certificate that the gateway makes itself; clients are given its pin.' },
          },
          additionalProperties: false,
          description: 'Serve https and wss: `cert` and `key`, or `generate`.',
        },
      },
      additionalProperties: false,
      default: {},
    },
    plugins: { type: 'array', items: name, maxItems: 1_000, default: [], description: 'Edits of the default set: "id", a path or a package adds, "-id" leaves out, "-*" first empties.' },
    pluginPolicy: policySchema,
    env: {
      type: 'object',
      properties: {
        shellEnv: {
          type: 'object',
          properties: { enabled: { type: 'boolean', default: false }, timeoutMs: { type: 'integer', minimum: 100, maximum: 60_000, default: 5_000 } },
          additionalProperties: false,
          description: 'Asks the login shell for variables that these settings name and nothing else has.',
        },
      },
      additionalProperties: { type: 'string', secret: true },
      description: 'Environment variables; those of the process come first.',
    },
    meta: { type: 'object', description: 'Kept by the gateway.' },
    $schema: { type: 'string' },
  },
  additionalProperties: false,
} as const satisfies JsonSchema

/** For editors; `$include` is gone before anything is checked. */
export const includeSchema = include

/** `own`: the kernel's keys of the whole tree. */
export function checkOwn(own: Table, options: CheckOptions): OwnConfig & { readonly value: Table } {
  const isKnown = (key: string): boolean => Object.hasOwn(ownSchema.properties, key)
  const { value, faults } = checkConfig(Object.fromEntries(Object.entries(own).filter(([key]) => isKnown(key))), ownSchema, [], options)
  const checked = value as { readonly gateway: GatewayConfig; readonly plugins: unknown; readonly pluginPolicy: PluginPolicy } & Table
  const sound = !faults.some(({ path }) => path[0] === 'gateway')
  return {
    value: checked,
    gateway: sound ? checked.gateway : (checkConfig({}, ownSchema.properties.gateway, []).value as GatewayConfig),
    // A policy that cannot be read trusts nobody.
    policy: faults.some(({ path }) => path[0] === 'pluginPolicy') ? defaultPolicy : checked.pluginPolicy,
    plugins: Array.isArray(checked.plugins) ? checked.plugins.filter((edit) => typeof edit === 'string') : [],
    faults: [...faults, ...Object.keys(own).filter((key) => !isKnown(key)).map((key) => ({ path: [key], what: 'is not supported by this version' }))],
  }
}
