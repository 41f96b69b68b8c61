/** `nexus models …` as a person reads it. Pure. */
import { plain, table, type Paint } from 'nexus-gateway/sdk'
import type { ModelsList, ModelsProbe, ModelsRoute, ModelsStatus } from './wire.ts'

type Choice = ModelsList['models'][number]

export function listScreen(models: readonly Choice[], paint: Paint): string {
  if (models.length === 0) return 'No model may be used. Set up a provider, such as provider-openai-compatible with its baseUrl.'
  const rows = models.map((model) => [`${model.provider}/${model.id}`, model.contextWindow === undefined ? '?' : short(model.contextWindow), priceOf(model), canOf(model), [...(model.default ? ['default'] : []), ...model.aliases ?? []].join(', ')])
  return table(['MODEL', 'CONTEXT', '$ PER M IN/OUT', 'CAN', 'ALSO'], rows, paint).join('\n')
}

const short = (tokens: number): string => (tokens >= 1e6 ? `${trimmed(tokens / 1e6)}M` : tokens >= 1e3 ? `${trimmed(tokens / 1e3)}k` : String(tokens))
const trimmed = (n: number): string => n.toFixed(1).replace(/\.0$/, '')

function priceOf({ price }: Choice): string {
  if (price === undefined) return 'unknown'
  return `${price.input}/${price.output}${price.above === undefined ? '' : ` (above ${short(price.above.tokens)}: ${price.above.input}/${price.above.output})`}`
}

function canOf({ tools, input, thinking, reasoning, kind, dimensions }: Choice): string {
  if (kind === 'embedding') return `vectors${dimensions === undefined ? '' : ` of ${dimensions}`}`
  return [...(tools === false ? [] : ['tools']), ...(input?.includes('image') ? ['images'] : []), ...(thinking || reasoning ? ['thinking'] : [])].join(' ')
}

export function statusScreen({ default: preferred, embedding, fallbacks, providers, prices, retry }: ModelsStatus, now: number, paint: Paint): string {
  const rows = providers.flatMap(({ id, models, accounts }) => accounts.map((account, i) => [
    i === 0 ? id : '', i === 0 ? String(models) : '', account.id === undefined ? '' : `${account.id} (${account.kind})`, standing(account, now), account.errors === 0 ? '' : String(account.errors),
  ]))
  return [
    `${paint('bold', 'Default')}  ${preferred === undefined ? paint('yellow', 'none: no provider offers a model') : plain(preferred)}${fallbacks.length === 0 ? '' : `, then ${fallbacks.map(plain).join(', ')}`}`,
    ...(embedding === undefined ? [] : [`${paint('bold', 'Vectors')}  ${plain(embedding)}`]),
    '',
    ...table(['PROVIDER', 'MODELS', 'ACCOUNT', 'STATE', 'FAILURES'], rows, paint, (row) => (rows[row]?.[3] === 'ready' ? undefined : 'yellow')),
    '',
    ...(prices?.stale ? [paint('yellow', `Prices   the map is of ${prices.updated ?? 'an unknown day'}: see \`nexus cost check\``)] : []),
    ...(prices && prices.refused > 0 ? [paint('red', `Prices   ${prices.refused} refused: see \`nexus cost check\``)] : []),
    paint('dim', `Last ${retry.windowMs / 1000} s: ${retry.offered} requests, ${retry.extra} further tries, ${retry.refused} not admitted (${Math.round(retry.ratio * 100)} % are)`),
  ].join('\n')
}

function standing({ state, until, reason }: ModelsStatus['providers'][number]['accounts'][number], now: number): string {
  if (state === 'ready') return 'ready'
  const left = until === undefined || until <= now ? '' : ` for ${duration(until - now)}`
  return `${state === 'open' ? 'shut off' : 'resting'}${left}${reason === undefined ? '' : `: ${reason}`}`
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3_600)} h`
}

export function probeScreen(probes: readonly ModelsProbe[], paint: Paint): string {
  return probes.map((one) => {
    const name = plain(`${one.provider}/${one.model}${one.account === undefined ? '' : ` (${one.account})`}`)
    if (one.ok) return `${paint('green', '✓')} ${name} answered in ${one.durationMs} ms${one.firstMs === undefined ? '' : `, the first word after ${one.firstMs} ms`}`
    const wait = one.retryAfterMs === undefined ? '' : ` It may be asked again in ${duration(one.retryAfterMs)}.`
    return `${paint('red', '✗')} ${name}: ${plain(one.message ?? one.kind ?? 'no answer')}.${wait}${one.fix === undefined ? '' : `\n  ${plain(one.fix)}`}`
  }).join('\n')
}

/** `tools`: the names of those the turn would be offered, where that is known. */
export function routeScreen({ model, tier, decision, reasons, candidates }: ModelsRoute, tools: readonly string[] | undefined, paint: Paint): string {
  return [
    `${paint('bold', plain(model))}${tier === undefined ? '' : `  ${paint('dim', tier)}`}`,
    ...reasons.map((reason) => `  ${plain(reason)}`),
    '',
    ...(decision ? [...scoreScreen(decision, paint), ''] : []),
    ...(tools ? [`${paint('bold', `Tools (${tools.length})`)}  ${tools.length === 0 ? 'none' : shortened(tools.map(plain))}`, ''] : []),
    ...table(['TRIED IN THIS ORDER', 'ACCOUNT', 'STATE'], candidates.map((one) => [one.model, one.account ?? '', one.state]), paint, (row) => (candidates[row]?.state === 'ready' ? undefined : 'yellow')),
  ].join('\n')
}

type Decision = NonNullable<ModelsRoute['decision']>

function scoreScreen({ score, tier, thresholds: { balanced, capable }, features }: Decision, paint: Paint): readonly string[] {
  const found = features.filter(({ points }) => points > 0)
  const none = features.filter(({ points }) => points === 0).map(({ name }) => plain(name))
  const rows = found.map(({ name, count, value, weight, points }) => [name, String(count), value.toFixed(2), String(weight), points.toFixed(1)])
  return [
    `${paint('bold', `Score ${score}`)}  ${tier}: fast is below ${balanced}, balanced below ${capable}, capable from there`,
    ...(rows.length === 0 ? [] : table(['FEATURE', 'COUNT', 'VALUE', 'WEIGHT', 'POINTS'], rows, paint)),
    ...(none.length === 0 ? [] : [paint('dim', `No points for ${none.join(', ')}`)]),
  ]
}

const mostNamed = 24
const shortened = (names: readonly string[]): string => (names.length <= mostNamed ? names.join(', ') : `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`)
