/** Condition: a node has to be paired, and there is no pairing yet. */
import type { Layer } from './authenticate.ts'
import { refusals } from './refusals.ts'

export const noNodes: Layer = (request) => (request.role === 'node' ? refusals.pairingRequired : undefined)
