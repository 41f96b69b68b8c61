import { command, commands, paintOf } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { failModels } from './errors.ts'
import { listScreen, probeScreen, routeScreen, statusScreen } from './screen.ts'
import type { ModelsList, ModelsProbe, ModelsRoute, ModelsStatus } from './wire.ts'

const usualTimeoutMs = 20_000

export default commands({
  'models list': command({
    summary: 'List the models that may be used: size, price, abilities, other names',
    args: ['[filter]'],
    examples: ['nexus models list', 'nexus models list claude', 'nexus models list --json'],
    offline: true,
    async run(io) {
      const { models } = await io.call('models.list', { detail: true }) as ModelsList
      const wanted = text(io, 'filter')?.toLowerCase() ?? ''
      const found = models.filter((model) => [`${model.provider}/${model.id}`, model.name, ...model.aliases ?? []].some((name) => name.toLowerCase().includes(wanted)))
      if (found.length === 0 && models.length > 0) throw failModels('NEXUS_MODELS_FILTER', { count: models.length })
      io.print(listScreen(found, paintOf(io)), { models: found })
    },
  }),
  'models status': command({
    summary: 'Show the providers, how their accounts stand, and how much is tried again',
    examples: ['nexus models status', 'nexus models status --json'],
    async run(io) {
      const status = await io.call('models.status') as ModelsStatus
      io.print(statusScreen(status, Date.now(), paintOf(io)), status)
    },
  }),
  'models probe': command({
    summary: 'Ask a model, the default without one, for one word; exits 1 if it does not answer. It costs a few tokens',
    args: ['[model]'],
    options: {
      account: { summary: 'With this account of the provider', value: 'ID' },
      all: { summary: 'One model of every provider, with each account' },
      timeout: { summary: `Milliseconds to wait for each (${usualTimeoutMs})`, value: 'MS' },
    },
    examples: ['nexus models probe', 'nexus models probe openai/gpt-5.2 --account work', 'nexus models probe --all --json'],
    async run(io) {
      const wishes = io.options['all'] === true ? await everyAccount(io) : [{ ...named('model', text(io, 'model')), ...named('account', option(io, 'account')) }]
      const probes: ModelsProbe[] = []
      for (const [i, wish] of wishes.entries()) {
        if (io.signal.aborted) break
        if (io.stderr.isTTY && !io.json) io.stderr.write(`asking ${'model' in wish ? wish.model : 'the default model'} (${i + 1} of ${wishes.length}) …\n`)
        probes.push(await io.call('models.probe', { ...wish, timeoutMs: timeoutOf(io) }) as ModelsProbe)
      }
      io.print(probeScreen(probes, paintOf(io)), { probes })
      return probes.length > 0 && probes.every(({ ok }) => ok) ? 0 : 1
    },
  }),
  'models route': command({
    summary: 'Explain which model would answer a text, and what would be tried after it; nothing is sent to a model',
    args: ['<...text>'],
    options: {
      model: { summary: 'As if this model had been asked for', value: 'MODEL' },
      agent: { summary: 'As this agent', value: 'ID' },
      session: { summary: 'In this session', value: 'KEY' },
      thinking: { summary: 'With this level of thinking', value: 'LEVEL' },
    },
    examples: ['nexus models route what time is it', 'nexus models route --model opus --json "prove that there is no largest prime"'],
    offline: true,
    async run(io) {
      const words = io.args['text']
      const route = await io.call('models.route', {
        text: typeof words === 'string' ? words : (words ?? []).join(' '),
        ...named('model', option(io, 'model')), ...named('agentId', option(io, 'agent')), ...named('sessionKey', option(io, 'session')), ...named('thinking', option(io, 'thinking')),
      }) as ModelsRoute
      io.print(routeScreen(route, paintOf(io)), route)
    },
  }),
})

/** The first model of every provider, once for each of its accounts. */
async function everyAccount(io: CommandIo): Promise<readonly { readonly model: string; readonly account?: string }[]> {
  const [{ models }, { providers }] = await Promise.all([io.call('models.list') as Promise<ModelsList>, io.call('models.status') as Promise<ModelsStatus>])
  return providers.flatMap(({ id, accounts }) => {
    const first = models.find(({ provider }) => provider === id)
    return first === undefined ? [] : accounts.map((account) => ({ model: `${id}/${first.id}`, ...named('account', account.id) }))
  })
}

function text(io: CommandIo, name: string): string | undefined {
  const value = io.args[name]
  return typeof value === 'string' ? value : undefined
}

function option(io: CommandIo, name: string): string | undefined {
  const value = io.options[name]
  return typeof value === 'string' ? value : undefined
}

const named = <K extends string>(name: K, value: string | undefined): { readonly [k in K]?: string } => (value === undefined ? {} : { [name]: value } as { [k in K]: string })

function timeoutOf(io: CommandIo): number {
  const given = option(io, 'timeout') ?? String(usualTimeoutMs)
  if (!/^\d{1,6}$/.test(given) || Number(given) < 1 || Number(given) > 120_000) throw failModels('NEXUS_MODELS_TIMEOUT')
  return Number(given)
}
