import { NexusError } from 'nexus-gateway/sdk'
import { toolError } from '../tools/contract.ts'
import type { ToolResult } from '../tools/contract.ts'

/** What a model can do something about is told to it in full, with what would help. */
export async function told(run: () => Promise<ToolResult>): Promise<ToolResult> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof NexusError && /^NEXUS_(WORKSPACE|OUTBOUND)_/.test(error.code)) return { ...toolError(`${error.message}. ${error.fix}`), details: { code: error.code } }
    throw error
  }
}
