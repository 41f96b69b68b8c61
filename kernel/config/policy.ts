/** `pluginPolicy`: which plugins of others may run, and where. */
export interface PluginPolicy {
  /** Ids of plugins that run inside the gateway's process; `*` is all. */
  readonly trusted: readonly string[]
  /** If not empty, no others run. */
  readonly allow: readonly string[]
  readonly deny: readonly string[]
  /** `nexus plugins add` takes no version younger than this, dependencies included. Hours. */
  readonly minimumReleaseAge: number
}
export const defaultPolicy: PluginPolicy = { trusted: [], allow: [], deny: [], minimumReleaseAge: 72 }

const ids = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 256 }, maxItems: 1_000, default: [] } as const
export const policySchema = {
  type: 'object',
  properties: {
    trusted: { ...ids, description: 'Ids of plugins that run inside the gateway\'s process, which is no sandbox; "*" is all.' },
    allow: { ...ids, description: 'If not empty, no other plugins from outside this release run or are installed.' },
    deny: { ...ids, description: 'Ids and package names of plugins that neither run nor are installed.' },
    minimumReleaseAge: { type: 'integer', minimum: 0, maximum: 8_760, default: defaultPolicy.minimumReleaseAge, description: 'Hours a version has to be out before it is installed.' },
  },
  additionalProperties: false,
  default: {},
} as const

export const isTrusted = ({ trusted }: PluginPolicy, id: string): boolean => trusted.includes(id) || trusted.includes('*')
export const isDenied = ({ allow, deny }: PluginPolicy, id: string): boolean => deny.includes(id) || (allow.length > 0 && !allow.includes(id))
