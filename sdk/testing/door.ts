/** A real gateway on a free port of this machine, opened when a test first asks for one. */
import type { Kernel } from '../../kernel/index.ts'
import type { Caller } from '../../kernel/provenance.ts'

/** Who holds which token; the test's own authenticator looks here. */
export type Tokens = Map<string, Caller>

export interface Door {
  url(): Promise<string>
  /** A token that makes whoever sends it this caller. */
  tokenFor(caller: Caller): string
  close(): Promise<void>
}

export function createDoor(kernel: Kernel, tokens: Tokens): Door {
  let opened: Promise<{ url: string; close(): Promise<void> }> | undefined

  async function open(): Promise<{ url: string; close(): Promise<void> }> {
    const { createGateway } = await import('../../kernel/gateway/gateway.ts')
    const gateway = createGateway(kernel)
    const { url } = await gateway.listen({ host: '127.0.0.1', port: 0 })
    if (!url) throw new Error('the test gateway has no address')
    return { url, close: () => gateway.close({ deadlineMs: 1_000 }) }
  }

  return {
    url: async () => (await (opened ??= open())).url,
    tokenFor(caller) {
      const token = `test-token-${tokens.size + 1}`
      tokens.set(token, caller)
      return token
    },
    close: async () => (await opened)?.close(),
  }
}
