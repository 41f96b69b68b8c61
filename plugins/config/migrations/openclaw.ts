/**
 * OpenClaw's settings of February 2026 (2026.2.19), to those of today. What has a plugin already is moved to it; the
 * rest is named with the plugin it waits for. Whoever adds that plugin adds its steps before the line that names it,
 * and takes a key that both shapes have out of that line.
 */
import type { Migration, MigrationStep } from 'nexus-gateway/sdk'

const waits = (plugin: string, ...drop: readonly string[]): MigrationStep => ({ drop, note: `it waits for the plugin "${plugin}"` })

const gateway: readonly MigrationStep[] = [
  { map: 'gateway.bind', values: { auto: 'loopback' } },
  { drop: 'gateway.bind', is: ['custom'], note: 'the address itself is written here' },
  { move: 'gateway.customBindHost', to: 'gateway.bind' },
  { drop: 'gateway.bind', is: ['tailnet'], note: 'it waits for the plugin "tailscale"; the gateway listens on loopback' },
  { move: 'gateway.auth.token', to: 'auth.token' },
  { drop: 'gateway.auth.password', note: 'there are no passwords yet; clients send the token' },
  { drop: 'gateway.auth.*', note: 'the plugin "auth" lets in who sends the token, and who comes by the local socket' },
  { drop: 'gateway.mode', note: 'the gateway always runs here; a client elsewhere says --url' },
  { drop: 'gateway.remote', note: 'a client says --url and --token-file' },
  { drop: 'gateway.reload', note: 'a changed file is always taken up while the gateway runs' },
  { drop: 'gateway.http', note: 'the plugin "openai" serves /v1 and has no such settings' },
  { drop: ['gateway.tls', 'gateway.trustedProxies'], note: 'the gateway does not know proxies and certificates yet' },
  waits('control-ui', 'gateway.controlUi'),
  waits('tailscale', 'gateway.tailscale'),
  waits('nodes', 'gateway.nodes'),
  waits('approvals', 'gateway.tools'),
  waits('channels', 'gateway.channelHealthCheckMinutes'),
]

const logs: readonly MigrationStep[] = [
  { map: 'logging.level', values: { trace: 'debug', fatal: 'error', silent: 'error' } },
  { move: 'logging.level', to: 'logs.level' },
  { drop: 'logging.*', note: 'the log is one file of JSON lines in the state directory, always without secrets' },
]

const models: readonly MigrationStep[] = [
  // The text form first, so that both end in one place.
  { move: 'agents.defaults.model.primary', to: 'agents.defaults.primary' },
  waits('router', 'agents.defaults.model.*'),
  { move: 'agents.defaults.model', to: 'agents.defaults.primary' },

  { pick: 'models.providers', where: { key: 'api', is: ['openai-completions'] }, prefer: 'agents.defaults.primary', to: 'models.chosen', key: 'name' },
  { drop: 'models.chosen.api', note: 'the plugin "provider-openai-compatible" has no other' },
  { drop: 'models.chosen.*', except: ['name', 'baseUrl', 'apiKey', 'headers', 'models'], note: 'the plugin "provider-openai-compatible" sends the key as a bearer token' },
  { move: 'models.chosen.models.*.maxTokens', to: 'models.chosen.models.*.maxOutput' },
  { move: 'models.chosen.models.*.cost', to: 'models.chosen.models.*.price' },
  { drop: 'models.chosen.models.*.*', except: ['id', 'name', 'contextWindow', 'maxOutput', 'reasoning', 'input', 'price'], note: 'the plugin "provider-openai-compatible" has it for no single model' },
  { move: 'models.chosen', to: 'provider-openai-compatible' },
  { drop: 'models.providers.*', note: 'the plugin "provider-openai-compatible" has one server; other servers and other APIs wait for plugins of their own' },
  { drop: ['models.mode', 'models.bedrockDiscovery'], note: 'the models are those that the providers offer' },
]

const agents: readonly MigrationStep[] = [
  { move: 'agents.defaults.primary', to: 'agent.defaults.model' },
  { move: 'agents.defaults.timeoutSeconds', to: 'agent.defaults.timeoutMs', times: 1000 },
  waits('heartbeat', 'agents.defaults.heartbeat'),
  waits('memory', 'agents.defaults.memorySearch'),
  waits('exec', 'agents.defaults.workspace', 'agents.defaults.sandbox'),
  waits('router', 'agents.defaults.models', 'agents.defaults.imageModel'),
  { drop: 'agents.defaults.*', note: 'the plugin "agent" has no such setting' },

  // Later versions write a table.
  { list: 'agents.entries', to: 'agents.list', key: 'id' },
  { move: 'agents.list.*.model.primary', to: 'agents.list.*.primary' },
  waits('router', 'agents.list.*.model.*'),
  { move: 'agents.list.*.primary', to: 'agents.list.*.model' },
  { move: 'agents.list.*.identity.name', to: 'agents.list.*.name' },
  { drop: 'agents.list.*.identity.*', note: 'the plugin "agent" knows an agent\'s name only' },
  { drop: 'agents.list.*.default', note: 'the agent "main" is the default one' },
  { drop: 'agents.list.*.*', except: ['id', 'name', 'model'], note: 'the plugin "agent" has no such setting for one agent' },
  { move: 'agents.list', to: 'agent.agents' },
  { drop: 'agents.*', note: 'the plugin "agent" has no such setting' },
]

const elsewhere: readonly MigrationStep[] = [
  { move: 'env.vars.*', to: 'env.*' },
  { drop: 'session.*', note: 'the plugin "sessions" has no settings' },
  waits('router', 'auth.profiles', 'auth.order', 'auth.cooldowns'),
  waits('approvals', 'tools.profile', 'tools.allow', 'tools.alsoAllow', 'tools.deny', 'tools.byProvider', 'tools.elevated', 'tools.subagents', 'approvals.*'),
  waits('exec', 'tools.exec', 'tools.sandbox', 'tools.fs'),
  waits('browser', 'tools.web', 'browser.*'),
  waits('channels', 'tools.media', 'tools.links', 'tools.message', 'tools.agentToAgent', 'tools.sessions', 'tools.loopDetection'),
  waits('channels', 'channels.*', 'bindings', 'broadcast.*', 'messages.*', 'commands.*', 'audio.*', 'media.*'),
  waits('whatsapp', 'web.*'),
  waits('cron', 'cron.*'),
  waits('gmail', 'hooks.gmail'),
  { drop: 'hooks.internal', note: 'what such hooks do, a plugin does' },
  waits('webhooks', 'hooks.*'),
  waits('memory', 'memory.*'),
  waits('skills', 'skills.*'),
  waits('tts', 'talk.*'),
  waits('canvas', 'canvasHost.*'),
  waits('nodes', 'nodeHost.*'),
  waits('discovery', 'discovery.*'),
  waits('update', 'update.*'),
  waits('metrics', 'diagnostics.*'),
  waits('control-ui', 'ui.*'),
  { drop: ['plugins.enabled', 'plugins.allow', 'plugins.deny', 'plugins.load', 'plugins.slots', 'plugins.entries', 'plugins.installs'], note: 'plugins of the other program do not run here; "plugins" is a list of those to add or leave out' },
  { drop: 'wizard.*', note: 'it tells of a set-up long done' },
  { drop: ['meta.lastTouchedVersion', 'meta.lastTouchedAt'], note: 'it tells of the other program' },
]

export const openclaw: Migration = {
  id: 'openclaw',
  from: 'openclaw of February 2026',
  to: 'nexus',
  summary: 'each setting stands under the plugin it is for.',
  // Not those that a plugin of today or of tomorrow is called by, such as `cron` and `channels`.
  when: [
    'agents', 'session', 'logging', 'messages', 'commands', 'bindings', 'broadcast', 'hooks', 'wizard', 'talk', 'canvasHost', 'nodeHost', 'models.providers', 'models.mode',
    'gateway.mode', 'gateway.auth', 'gateway.remote', 'gateway.controlUi', 'gateway.tailscale', 'gateway.http', 'gateway.nodes', 'gateway.tools', 'gateway.channelHealthCheckMinutes',
    'env.vars.*', 'auth.profiles', 'plugins.enabled', 'plugins.allow', 'plugins.deny', 'plugins.load', 'plugins.slots', 'plugins.entries', 'plugins.installs',
  ],
  steps: [...gateway, ...logs, ...models, ...agents, ...elsewhere],
}
