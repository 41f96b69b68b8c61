/** The steps from nothing to a chosen model, each asked only where it was not said. Nothing is written here. */
import type { CommandIo } from 'nexus-gateway/sdk'
import { addressOf, choiceOf, choices, sorted, type Choice } from './choices.ts'
import { fail } from './errors.ts'
import { checked, isKey, keyOfEnv, pipedKey, type Key } from './key.ts'
import { listModels, localServers, pageOf, placeOf } from './server.ts'
import type { Ui } from './ui.ts'
import type { Wishes } from './wishes.ts'

export interface Picked { readonly choice: Choice; readonly url: string | undefined; readonly key: Key | undefined; readonly model: string; readonly unlisted: boolean }
/** `ui`: nobody can be asked without it. `hasKey`: the settings have one for this provider already. */
export interface Steps { readonly io: CommandIo; readonly wishes: Wishes; readonly ui: Ui | undefined; readonly quiet: Pick<Ui, 'busy' | 'warn'>; hasKey(choice: Choice, url: string | undefined): Promise<boolean> }

const mostTries = 3

export async function pick(steps: Steps): Promise<Picked> {
  const { wishes, ui } = steps
  const choice = wishes.choice ?? await chooseProvider(steps)
  if (choice.wire === 'none') return { choice, url: undefined, key: undefined, model: 'demo', unlisted: false }
  const address = wishes.url ?? choice.url ?? await askAddress(ui)
  for (let left = mostTries; ; left--) {
    try {
      const key = await keyFor(steps, choice, address, left < mostTries)
      return await pickModel(steps, choice, address, key)
    } catch (error) {
      const { code, message, fix } = error as { code?: string; message?: string; fix?: string }
      if (!ui || left <= 1 || wishes.keyStdin || wishes.keyEnv !== undefined || !['NEXUS_INIT_WRONG_KEY', 'NEXUS_INIT_NO_KEY'].includes(code ?? '')) throw error
      ui.warn(`${message ?? ''}\n${fix ?? ''}`)
    }
  }
}

async function chooseProvider({ io, ui }: Steps): Promise<Choice> {
  if (!ui) throw fail('NEXUS_INIT_TERMINAL')
  const here = await ui.busy('Looking for models on this machine', () => localServers(choices, io.signal))
  const offers = choices.map(({ id, title, hint }) => ({ value: id, label: title, hint: here.has(id) ? `runs here, ${here.get(id)} ${here.get(id) === 1 ? 'model' : 'models'}` : hint }))
  const first = choices.find(({ id }) => (here.get(id) ?? 0) > 0)?.id ?? 'openai'
  return choiceOf(await ui.choose('Which models shall answer?', offers, first))!
}

async function askAddress(ui: Ui | undefined): Promise<string> {
  if (!ui) throw fail('NEXUS_INIT_URL')
  const text = await ui.text('Where is the server? Up to and with the version', 'http://127.0.0.1:8000/v1', (given) => (addressOf(given) === undefined ? 'An address like http://127.0.0.1:8000/v1, without a password in it' : undefined))
  return addressOf(text)!
}

/** `again`: the one before was not taken. Throws NEXUS_INIT_NO_KEY where one is needed and nobody can be asked. */
async function keyFor({ io, wishes, ui, hasKey }: Steps, choice: Choice, url: string, again: boolean): Promise<Key | undefined> {
  if (wishes.keyStdin) return pipedKey(io)
  if (wishes.keyEnv !== undefined) return keyOfEnv(wishes.keyEnv, io.env)
  if (choice.key === 'none' && !again) return undefined
  if (!ui) {
    if (choice.key !== 'needed' || await hasKey(choice, url)) return undefined
    throw fail('NEXUS_INIT_NO_KEY', { title: choice.title, page: pageOf(choice) })
  }
  if (choice.key === 'optional' && !again && !await ui.confirm('Does it want a key?', false)) return undefined
  const page = choice.keyPage === undefined ? '' : ` (made at ${choice.keyPage})`
  return checked(await ui.secret(`The key${page}`, (text) => (isKey(text) ? undefined : 'One line, as it was copied')))
}

async function pickModel(steps: Steps, choice: Choice, address: string, key: Key | undefined): Promise<Picked> {
  const { io, wishes, quiet } = steps
  const server = { choice, url: address, key: key?.value }
  // A key that is kept already is not read back: whether it is good is seen when the model is asked.
  const isBlind = key === undefined && choice.key === 'needed'
  if (!wishes.test || isBlind) {
    if (wishes.model === undefined) throw fail('NEXUS_INIT_MODEL', { count: 'unlisted' })
    return { choice, url: address, key, model: wishes.model, unlisted: choice.plugin === 'provider-openai-compatible' }
  }
  const { models, url } = await quiet.busy(`Asking ${placeOf(server)} for its models`, () => listModels(server, io.signal))
  const model = await modelOf(steps, sorted(models), placeOf(server))
  return { choice, url, key, model, unlisted: false }
}

async function modelOf({ wishes, ui, io }: Steps, models: readonly string[], place: string): Promise<string> {
  const { model } = wishes
  // Ollama's list has the tag that everybody leaves out.
  const found = model === undefined ? undefined : models.find((one) => one === model) ?? models.find((one) => one === `${model}:latest`)
  if (found !== undefined) return found
  if (model !== undefined && !ui) {
    if (!io.json) io.stderr.write(`It has: ${models.slice(0, 20).join(', ')}${models.length > 20 ? ', …' : ''}\n`)
    throw fail('NEXUS_INIT_NO_MODEL', { place, count: models.length })
  }
  if (models.length === 0) throw fail('NEXUS_INIT_NO_MODEL', { place, count: 0 })
  if (models.length === 1 && model === undefined) return models[0]!
  if (!ui) throw fail('NEXUS_INIT_MODEL', { count: models.length })
  if (model !== undefined) ui.warn('It does not have that model; it has these.')
  return ui.choose('Which model?', models.map((id) => ({ value: id, label: id })))
}
