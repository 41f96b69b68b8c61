/** The providers that `nexus init` offers: what each needs, and where it is. Pure. */

export interface Choice {
  readonly id: string
  readonly title: string
  readonly hint: string
  /** The plugin, and the first part of its models' references. */
  readonly plugin: string
  readonly prefix: string
  readonly preset?: string
  /** Up to and with the version; none: it has to be said. */
  readonly url?: string
  readonly key: 'needed' | 'optional' | 'none'
  /** On this machine, and looked for there. */
  readonly local?: true
  /** How its models are listed. */
  readonly wire: 'openai' | 'anthropic' | 'google' | 'none'
  /** Whether a list of models proves that a key is good. */
  readonly keyPath?: string
  readonly keyPage?: string
  readonly start?: string
}

const compatible = { plugin: 'provider-openai-compatible', wire: 'openai' } as const

export const choices: readonly Choice[] = [
  { id: 'openai', title: 'OpenAI', hint: 'GPT, with a key', plugin: 'provider-openai', prefix: 'openai', url: 'https://api.openai.com/v1', key: 'needed', wire: 'openai', keyPage: 'https://platform.openai.com/api-keys' },
  { id: 'anthropic', title: 'Anthropic', hint: 'Claude, with a key', plugin: 'provider-anthropic', prefix: 'anthropic', url: 'https://api.anthropic.com/v1', key: 'needed', wire: 'anthropic', keyPage: 'https://console.anthropic.com/settings/keys' },
  { id: 'google', title: 'Google', hint: 'Gemini, with a key', plugin: 'provider-google', prefix: 'google', url: 'https://generativelanguage.googleapis.com/v1beta', key: 'needed', wire: 'google', keyPage: 'https://aistudio.google.com/apikey' },
  { ...compatible, id: 'openrouter', title: 'OpenRouter', hint: 'many vendors, with one key', prefix: 'openrouter', preset: 'openrouter', url: 'https://openrouter.ai/api/v1', key: 'needed', keyPath: '/key', keyPage: 'https://openrouter.ai/settings/keys' },
  { ...compatible, id: 'ollama', title: 'Ollama', hint: 'on this machine', prefix: 'ollama', preset: 'ollama', url: 'http://127.0.0.1:11434/v1', key: 'none', local: true, start: 'Start it with `ollama serve`, and fetch a model with `ollama pull NAME`.' },
  { ...compatible, id: 'lmstudio', title: 'LM Studio', hint: 'on this machine', prefix: 'lmstudio', preset: 'lmstudio', url: 'http://127.0.0.1:1234/v1', key: 'none', local: true, start: 'Load a model in it and turn its server on.' },
  { ...compatible, id: 'vllm', title: 'vLLM', hint: 'on this machine', prefix: 'vllm', preset: 'vllm', url: 'http://127.0.0.1:8000/v1', key: 'optional', local: true, start: 'Start it with `vllm serve MODEL`.' },
  { ...compatible, id: 'openai-compatible', title: 'Another server', hint: 'any that speaks OpenAI\'s chat completions', prefix: 'openai-compatible', key: 'optional' },
  { id: 'demo', title: 'The demonstration', hint: 'no model, to look around', plugin: 'provider-demo', prefix: 'demo', key: 'none', wire: 'none' },
]

export const choiceOf = (id: string): Choice | undefined => choices.find((choice) => choice.id === id)

/** Of what a person gives: `http:` or `https:`, without a slash at its end; nothing for what holds a password, a query or anything else. */
export function addressOf(text: string): string | undefined {
  const whole = /^[\w.-]+:\d+/.test(text) || /^[\w-]+(\.[\w-]+)+(\/|$)/.test(text) ? `http://${text}` : text
  if (!URL.canParse(whole)) return undefined
  const { protocol, username, password, search, hash, href } = new URL(whole)
  return /^https?:$/.test(protocol) && username + password + search + hash === '' ? href.replace(/\/+$/, '') : undefined
}

/** Those that chat stand before those that, by their names, do something else. */
export function sorted(models: readonly string[]): string[] {
  const other = (id: string): number => Number(/embed|whisper|tts|dall-e|moderation|image|audio|realtime|transcri|rerank|sora|davinci|babbage/i.test(id))
  return [...models].sort((a, b) => other(a) - other(b) || (a < b ? -1 : 1))
}
