/** What an answer may carry besides itself. Only in the gateway's own process: from an isolated plugin the answer alone arrives. */
import type { ServerResponse } from 'node:http'
import { onNode, secondAnswer } from '../kernel/contract.ts'

/**
 * A method's result that is answered once more on the same id, as the protocol has it of long methods: first
 * `result`, and later what `outcome` resolves to, or its error. Only WebSocket clients are answered twice; whoever
 * calls otherwise, or another plugin, has `result` alone. A rejection that nobody is told of is nobody's fault.
 */
export function followedBy<T extends object>(result: T, outcome: Promise<unknown>): T {
  outcome.catch(() => {})
  return Object.defineProperty(result, secondAnswer, { value: outcome })
}

/**
 * A route's response that `write` answers on Node's own, with no layer in between, where the gateway offers it: status,
 * headers and body are then its affair, and it ends the response. `response` is read wherever nobody offers that.
 */
export function direct(response: Response, write: (to: ServerResponse) => void): Response {
  return Object.assign(response, { [onNode]: write })
}
