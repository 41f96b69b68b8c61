import { command, commands, paintOf } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { failModels } from './errors.ts'
import { listScreen, probeScreen, routeScreen, statusScreen } from './screen.ts'
import { routeAs, toolsOf } from './route-cli.ts'
import type { ModelsList, ModelsProbe, ModelsRoute, ModelsStatus } from './wire.ts'

const usualTimeoutMs = 20_000

export default commands({
  'models list': command({
    summary: 'List the models that may be used: size, price, abilities, other names; those that make vectors too',
    args: ['[filter]'],
    examples: ['nexus models list', 'nexus models list claude', 'nexus models list --json'],
    offline: true,
    async run(io) {
      const { models } = await io.call('models.list', { detail: true, kind: 'all' }) as ModelsList
      const wanted = text(io, 'filter')?.toLowerCase() ?? ''
      const found = models.filter((model) => [`${model.provider}/${model.id}`, model.name, ...model.aliases ?? []].some((name) => name.toLowerCase().includes(wanted)))
      if (found.length === 0 && models.length > 0) throw failModels('NEXUS_MODELS_FILTER', { count: models.length })
      io.print(listScreen(found, paintOf(io)), { models: found })
    },
  }),
  'models status': command({
    summary: 'Show the providers, how their accounts stand, and how much is tried again',
    examples: ['nexus models status', 'nexus models status --json'],
    offline: true,
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
    offline: true,
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
    summary: 'Explain which model would answer a text, with which tools, and what would be tried after it; nothing is sent to a model',
    args: ['<...text>'],
    options: {
      model: { summary: 'As if this model had been asked for', value: 'MODEL' },
      agent: { summary: 'As this agent, with its model and its tools (main)', value: 'ID' },
      session: { summary: 'In this session', value: 'KEY' },
      thinking: { summary: 'With this level of thinking', value: 'LEVEL' },
    },
    examples: ['nexus models route what time is it', 'nexus models route --agent support "compare these two plans, step by step"', 'nexus models route --model opus --json "prove that there is no largest prime"'],
    offline: true,
    async run(io) {
      const words = io.args['text']
      const as = await routeAs(io, option(io, 'agent'), { ...named('model', option(io, 'model')), ...named('thinking', option(io, 'thinking')) })
      const route = await io.call('models.route', { text: typeof words === 'string' ? words : (words ?? []).join(' '), ...as, ...named('sessionKey', option(io, 'session')) }) as ModelsRoute
      const tools = await toolsOf(io, { ...named('agentId', as.agentId), ...named('sessionKey', option(io, 'session')), ...named('tier', route.tier) })
      io.print(routeScreen(route, tools, paintOf(io)), { ...route, ...(tools && { tools }) })
    },
  }),
})

/** The first model of every provider, once for each of its accounts. */
async function everyAccount(io: CommandIo): Promise<readonly { readonly model: string; readonly account?: string }[]> {
  const [{ models }, { providers }] = await Promise.all([io.call('models.list', { detail: true, kind: 'all' }) as Promise<ModelsList>, io.call('models.status') as Promise<ModelsStatus>])
  return providers.flatMap(({ id, accounts }) => {
    const own = models.filter(({ provider }) => provider === id)
    const first = own.find(({ kind }) => kind !== 'embedding') ?? own[0]
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
