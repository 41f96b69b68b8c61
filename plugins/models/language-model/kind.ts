/** What a model is for, where nobody says so: servers list models that make vectors beside those that answer. */
import type { ModelKind } from '../spec.ts'

const makesVectors = /embed|(?:^|[-_./:])(?:bge|gte|e5|all-minilm)(?:[-_.:]|$)/i

/** Nothing where the name tells nothing. */
export const kindByName = (id: string): ModelKind | undefined => (makesVectors.test(id) ? 'embedding' : undefined)
