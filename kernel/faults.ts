/** What becomes of an error that nobody else catches: it is logged under the plugin's name, then whoever wants to know is told. */
import type { MaybePromise } from './contract.ts'
import type { Logger } from './log.ts'
import { pluginFaulted } from './points.ts'
import type { OnFault } from './scope.ts'

type Fault = { readonly id: string; readonly where: string; readonly error: unknown }

export function createFaults(log: Logger, tell: (fault: Fault) => MaybePromise<unknown>): OnFault {
  let telling = false
  return (id, where, error) => {
    log.for(id).error(`fault in ${where}`, { error })
    // What goes wrong while a fault is told of is no reason to tell of more.
    if (telling || where === `hook ${pluginFaulted.id}`) return
    telling = true
    try {
      void tell({ id, where, error })
    } finally {
      telling = false
    }
  }
}
