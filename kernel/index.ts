/** The kernel's public face: for the command line, for tests and for those who embed a gateway. */
export { createKernel } from './kernel.ts'
export type { Kernel, KernelOptions } from './kernel.ts'
