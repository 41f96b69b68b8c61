/** The shape from before the first release: flat, and with a number for its version. */
import type { Migration } from 'nexus-gateway/sdk'

export const nexusPre: Migration = {
  id: 'nexus-pre',
  from: 'nexus before 0.1',
  to: 'nexus',
  summary: 'the flat keys stand under the plugins they are for.',
  // The other flat keys could be plugins of somebody's; these two stood in every file.
  when: ['meta.configVersion', 'pluginList'],
  steps: [
    { drop: 'meta.configVersion', note: 'settings have no version of their own any more' },
    { move: 'pluginList', to: 'plugins' },

    { move: 'port', to: 'gateway.port' },
    { map: 'host', values: { '0.0.0.0': 'lan', '::': 'lan', '127.0.0.1': 'loopback', '::1': 'loopback', localhost: 'loopback' } },
    { move: 'host', to: 'gateway.bind' },
    { move: 'token', to: 'auth.token' },
    { move: 'logLevel', to: 'logs.level' },
    { drop: 'logFile', note: 'the log is logs/nexus.log in the state directory' },

    { move: 'model', to: 'agent.defaults.model' },
    { move: 'systemPrompt', to: 'agent.defaults.system' },
    { move: 'timeoutSeconds', to: 'agent.defaults.timeoutMs', times: 1000 },
    { list: 'profiles', to: 'agent.agents', key: 'id' },
    { move: 'agent.agents.*.systemPrompt', to: 'agent.agents.*.system' },
    { move: 'agent.agents.*.timeoutSeconds', to: 'agent.agents.*.timeoutMs', times: 1000 },
    { move: 'toolTimeoutSeconds', to: 'tools.timeoutMs', times: 1000 },

    { pick: 'providers', prefer: 'agent.defaults.model', to: 'providers.chosen', key: 'name' },
    { move: 'providers.chosen.url', to: 'providers.chosen.baseUrl' },
    { move: 'providers.chosen.key', to: 'providers.chosen.apiKey' },
    { move: 'providers.chosen.models.*.context', to: 'providers.chosen.models.*.contextWindow' },
    { move: 'providers.chosen.models.*.max', to: 'providers.chosen.models.*.maxOutput' },
    { move: 'providers.chosen', to: 'provider-openai-compatible' },
    { drop: 'providers.*', note: 'the plugin "provider-openai-compatible" has one server; a further one needs a plugin of its own' },
  ],
}
