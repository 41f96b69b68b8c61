/** What one generation leaves to the next: asked for, copied, and never a reason for a reload to fail. */
import type { Generation } from './generation.ts'
import type { KernelParts } from './parts.ts'
import { within } from './within.ts'

/** Of generations that were stopped before their successor was made. */
const left = new WeakMap<Generation, unknown>()

/** For a generation that serves on until it is replaced. */
export async function inheritance(parts: KernelParts, old: Generation | undefined): Promise<unknown> {
  if (!old?.handOver || left.has(old)) return old && left.get(old)
  const { handOver } = old
  try {
    const late = (): never => { throw new Error(`it took longer than ${parts.deadlines.dispose / 1000} s`) }
    // A copy, so that nothing of the old module graph lives on in the new one.
    return structuredClone(await within((async () => old.scope.run(handOver))(), parts.deadlines.dispose, late))
  } catch (error) {
    parts.onFault(old.id, 'hand-over', error)
    return undefined
  }
}

/** For one that is about to be stopped. */
export async function leave(parts: KernelParts, old: Generation): Promise<void> {
  if (old.handOver) left.set(old, await inheritance(parts, old))
}
