/** Which servers cost nothing: those of one's own. */
import { isIP } from 'node:net'
import type { ModelPrice } from '../models/contract.ts'
import type { Preset } from './presets.ts'

const own: ReadonlySet<Preset> = new Set(['ollama', 'lmstudio', 'vllm', 'llamacpp'])
const free: ModelPrice = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }
const privateAddress = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.)|^\[(?:::1|f[cd][0-9a-f]{2}:|fe80:)/i
const localName = /^(?:[^.]+|.+\.(?:localhost|local|internal|lan|home\.arpa))$/i

/**
 * The price of a model of a server of one's own; nothing where that is not known. The preset alone does not tell: what
 * answers at a public address may want to be paid, and so does what Ollama passes on to its cloud.
 */
export function freeModels(preset: Preset | undefined, baseUrl: string): ((id: string) => ModelPrice | undefined) | undefined {
  if (preset === undefined || !own.has(preset) || !isNear(new URL(baseUrl).hostname)) return undefined
  return (id) => (/[:-]cloud$/.test(id) ? undefined : free)
}

const isNear = (host: string): boolean => (isIP(host) > 0 || host.startsWith('[') ? privateAddress.test(host) : localName.test(host))
