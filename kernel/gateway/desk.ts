import type { Kernel } from '../kernel.ts'
import type { Admissions } from './admissions.ts'
import type { Limits } from './limits.ts'

/** What every part of the gateway works with. */
export interface Desk {
  readonly kernel: Kernel
  readonly limits: Limits
  readonly admissions: Admissions
}
