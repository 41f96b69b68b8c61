/** What was said on the command line already. */
import type { CommandIo } from 'nexus-gateway/sdk'
import { addressOf, choiceOf, choices, type Choice } from './choices.ts'
import { fail } from './errors.ts'

export interface Wishes {
  readonly choice: Choice | undefined
  readonly url: string | undefined
  readonly model: string | undefined
  readonly keyStdin: boolean
  readonly keyEnv: string | undefined
  readonly yes: boolean
  readonly test: boolean
  readonly start: boolean
}

const mostModel = 256

/** Throws NEXUS_INIT_PROVIDER, _URL, _KEY_TWICE, _NO_MODEL. */
export function wishesOf({ options }: Pick<CommandIo, 'options'>): Wishes {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined)
  const [provider, address, model, keyEnv] = ['provider', 'url', 'model', 'key-env'].map(text)
  const url = address === undefined ? undefined : addressOf(address)
  if (address !== undefined && url === undefined) throw fail('NEXUS_INIT_URL')
  const choice = provider === undefined ? (url === undefined ? undefined : choiceOf('openai-compatible')) : choiceOf(provider)
  if (provider !== undefined && choice === undefined) throw fail('NEXUS_INIT_PROVIDER', { known: choices.map(({ id }) => id).join(', ') })
  const keyStdin = options['key-stdin'] === true
  if (keyStdin && keyEnv !== undefined) throw fail('NEXUS_INIT_KEY_TWICE')
  if (model !== undefined && (model.trim() === '' || model.length > mostModel || /\p{Cc}/u.test(model))) throw fail('NEXUS_INIT_NO_MODEL', { place: 'the provider', count: 'no such' })
  // A reference is taken for the model that it names.
  const bare = choice && model?.startsWith(`${choice.prefix}/`) && choice.id !== 'openrouter' ? model.slice(choice.prefix.length + 1) : model
  return { choice, url, model: bare, keyStdin, keyEnv, yes: options['yes'] === true, test: options['no-test'] !== true, start: options['start'] === true }
}
