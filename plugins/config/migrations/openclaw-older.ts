/**
 * OpenClaw's settings from the time of its older names, to those of February 2026: one agent under `agent`, several
 * under `routing`, each chat product at the top level. `telegram` and its like are plugins here too, so those keys
 * alone do not tell this shape.
 */
import type { Migration } from 'nexus-gateway/sdk'

const products = ['whatsapp', 'telegram', 'discord', 'slack', 'signal', 'imessage', 'msteams', 'googlechat']

export const openclawOlder: Migration = {
  id: 'openclaw-older',
  from: 'openclaw before its name',
  to: 'openclaw of February 2026',
  summary: 'agents stand under "agents", chat products under "channels".',
  when: [
    'routing', 'identity', 'gateway.token', 'agent.model', 'agent.workspace', 'agent.timeoutSeconds', 'agent.allowedModels', 'agent.modelAliases',
    'agent.modelFallbacks', 'agent.thinkingDefault', 'agent.contextTokens', 'agent.heartbeat', 'agent.sandbox', 'agent.elevated', 'agent.bash',
  ],
  steps: [
    { move: 'gateway.token', to: 'gateway.auth.token' },
    ...products.map((name) => ({ move: name, to: `channels.${name}` })),

    { move: 'routing.allowFrom', to: 'channels.whatsapp.allowFrom' },
    { drop: 'routing.groupChat.requireMention', note: 'it waits for the plugin "channels", which has it for each group' },
    { move: 'routing.groupChat.*', to: 'messages.groupChat.*' },
    { move: 'routing.queue', to: 'messages.queue' },
    { move: 'messages.queue.byProvider', to: 'messages.queue.byChannel' },
    { move: 'routing.transcribeAudio', to: 'audio.transcription' },
    { move: 'routing.agentToAgent', to: 'tools.agentToAgent' },
    { move: 'routing.bindings', to: 'bindings' },
    { move: 'bindings.*.match.provider', to: 'bindings.*.match.channel' },
    { move: 'session.sendPolicy.rules.*.match.provider', to: 'session.sendPolicy.rules.*.match.channel' },
    { drop: 'routing.defaultAgentId', note: 'the agent "main" is the default one' },
    { move: 'identity', to: 'routing.agents.main.identity' },
    { list: 'routing.agents', to: 'agents.list', key: 'id' },
    { drop: 'routing.*', note: 'nothing in the new shape is like it' },

    { move: 'agent.model.*', to: 'agents.defaults.model.*' },
    { move: 'agent.model', to: 'agents.defaults.model.primary' },
    { move: 'agent.modelFallbacks', to: 'agents.defaults.model.fallbacks' },
    { move: 'agent.imageModel.*', to: 'agents.defaults.imageModel.*' },
    { move: 'agent.imageModel', to: 'agents.defaults.imageModel.primary' },
    { move: 'agent.imageModelFallbacks', to: 'agents.defaults.imageModel.fallbacks' },
    { drop: ['agent.allowedModels', 'agent.modelAliases'], note: 'it waits for the plugin "router"' },
    { move: 'agent.sandbox.tools', to: 'tools.sandbox.tools' },
    { move: 'agent.subagents.tools', to: 'tools.subagents.tools' },
    { move: 'agent.elevated', to: 'tools.elevated' },
    { move: 'tools.bash', to: 'tools.exec' },
    { move: 'agent.bash', to: 'tools.exec' },
    { move: 'agent.tools.*', to: 'tools.*' },
    // These two are what `agent` holds today.
    { move: 'agent.*', to: 'agents.defaults.*', except: ['defaults', 'agents'] },
  ],
}
