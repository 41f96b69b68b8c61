/** `nexus init`, from the first question to the first answer: chosen, tried, written, asked; or as it was before. */
import { readFile } from 'node:fs/promises'
import type { CommandIo } from 'nexus-gateway/sdk'
import { valueAt } from 'nexus-gateway/sdk'
import type { ConfigSnapshot } from '../config/contract.ts'
import { supplyLibraries, type InstallPhase } from '../plugins/contract.ts'
import { fail } from './errors.ts'
import { finish } from './finish.ts'
import { fileSource, keep, type Kept } from './key.ts'
import { changesOf, type Chosen } from './settings.ts'
import { pick, type Picked, type Steps } from './steps.ts'
import { quietUi, terminalUi, type Ui } from './ui.ts'
import { wishesOf } from './wishes.ts'
import { planFor, probe, readSettings, write, type Answered, type Plan, type Written } from './write.ts'

const phases: Partial<Record<InstallPhase, string>> = { fetching: 'Fetching its library', installing: 'Unpacking its library', hashing: 'Writing down every file of it' }

export async function init(io: CommandIo): Promise<number> {
  const wishes = wishesOf(io)
  const isTerminal = io.stdin.isTTY === true && io.stderr.isTTY === true && !io.json && !wishes.yes
  if (!isTerminal && wishes.choice === undefined) throw fail('NEXUS_INIT_TERMINAL')
  const ui = isTerminal ? await terminalUi(io, 'NEXUS: a model that answers') : undefined
  const quiet = ui ?? quietUi(io)
  let known: Promise<ConfigSnapshot> | undefined
  // Not before it is needed: without a gateway it takes the state directory's lock.
  const settings = (): Promise<ConfigSnapshot> => (known ??= readSettings(io))
  const steps: Steps = { io, wishes, ui, quiet, hasKey: async (choice) => valueAt((await settings()).parsed, [choice.plugin, 'apiKey']) !== undefined }
  if (!ui) await settings()

  const picked = await pick(steps)
  const before = await settings()
  const plan = planFor(chosenBy(picked, plannedSource(io, picked)), before)
  await consent(steps, plan)
  return settled(steps, picked, before)
}

/** Where it will most likely be: only the store is known when it is asked. */
const plannedSource = (io: CommandIo, { key, choice }: Picked): string | undefined => (key === undefined ? undefined : key.env === undefined ? fileSource(io, choice.id) : `env:${key.env}`)

const chosenBy = ({ choice, url, model, unlisted }: Picked, key: string | undefined): Chosen => ({ choice, url, model, unlisted, key })

/** What is there already is changed only by somebody who has seen what will be different. */
async function consent({ ui, wishes }: Steps, { before, fresh, edit }: Plan): Promise<void> {
  const changes = changesOf(edit, before.parsed)
  if (fresh === undefined && changes.length === 0) return
  if (!ui) {
    if (fresh === undefined && !wishes.yes) throw fail('NEXUS_INIT_CONSENT')
    return
  }
  ui.tell(before.path, fresh === undefined ? changes : fresh.trimEnd().split('\n'))
  if (!await ui.confirm(fresh === undefined ? 'Change the settings like this? Everything else in them stays' : 'Write these settings?', true)) throw fail('NEXUS_INIT_CANCELLED')
}

/** From here on, whatever fails takes back what was done before it. */
async function settled(steps: Steps, picked: Picked, before: ConfigSnapshot): Promise<number> {
  const { io, wishes, quiet } = steps
  const { choice } = picked
  let [kept, written]: [Kept | undefined, Written | undefined] = [undefined, undefined]
  try {
    await quiet.busy(`Making ${choice.title} ready`, (say) => supplyLibraries(io.call, choice.plugin, (phase) => say(phases[phase] ?? `Making ${choice.title} ready`), io.signal))
    kept = picked.key && await keep(io, choice, picked.key)
    io.signal.throwIfAborted()
    const chosen = chosenBy(picked, kept?.source)
    written = await write(io, planFor(chosen, before))
    const answered = await tried(steps, chosen, quiet)
    return await finish(steps, { chosen, before, noop: written.noop, answered, kept: kept?.source, start: wishes.start })
  } catch (error) {
    // After a Ctrl-C no gateway is asked any more: what it was told to write, it writes or not, and the key goes with that.
    if (!io.signal.aborted) await written?.undo()
    if (!io.signal.aborted || !await says(io, kept?.source)) await kept?.undo()
    throw error
  }
}

const says = (io: CommandIo, source = ''): Promise<boolean> => readFile(io.paths.config, 'utf8').then((text) => text.includes(source), () => false /* nothing was written */)

async function tried({ io, wishes }: Steps, chosen: Chosen, quiet: Pick<Ui, 'busy' | 'warn'>): Promise<Answered | undefined> {
  if (!wishes.test) return undefined
  const answered = await quiet.busy('Asking the model for a word', () => probe(io, chosen))
  if (answered.late) quiet.warn('It has not answered yet; a large model takes a while to load. Ask again with `nexus models probe`.')
  return answered
}
