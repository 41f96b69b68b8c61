/** Everything about a response that is settled before its run begins. */
import type { Call, RouteContext } from 'nexus-gateway/sdk'
import { keepToAgent } from '../../agent/contract.ts'
import type { AnswerRequest, StartedRun } from '../../agent/contract.ts'
import type { ModelMessage } from '../../models/contract.ts'
import { askedOf } from '../asked.ts'
import { unsupported } from '../body.ts'
import { failOpenai } from '../errors.ts'
import { imagesFor } from '../images.ts'
import type { Parts } from '../parts.ts'
import { samplingOf, thinkingOf } from '../wish.ts'
import { continued, imageUrls, itemsOf, lastSaid, parted } from './items.ts'
import type { Item } from './items.ts'
import { unkeptId } from './kept.ts'
import type { KeptResponse } from './kept.ts'
import type { ResponseRequest } from './request.ts'
import type { Head } from './shapes.ts'

export type How = Pick<AnswerRequest, 'cause' | 'signal' | 'closing' | 'waitUntil' | 'onEvent'>

export interface Plan {
  readonly head: Head
  readonly agentId: string
  /** `undefined`: it stands alone. */
  readonly sessionKey: string | undefined
  readonly input: readonly Item[]
  /** All that was said before the answer; nothing if a session has it. */
  readonly messages: readonly ModelMessage[]
  begin(how: How): StartedRun | Promise<StartedRun>
}

/** Rejects with the errors of this plugin, and with what `keepToAgent` and the store throw. */
export async function planned(parts: Parts, request: ResponseRequest, c: RouteContext, call: Call): Promise<Plan> {
  const { agent, fetch, clock } = parts
  const { instructions, max_output_tokens, temperature, top_p, reasoning, store, wish: { clientTools, ...wish } } = request
  const before = await previous(parts, request, call)
  const { agentId, sessionKey } = whose(parts, request, before, c, call)
  const input = itemsOf(request.input)
  const images = await imagesFor(imageUrls(input), { fetch, cause: call, signal: call.signal })
  const messages = continued(before?.messages ?? [], input, images)
  const { conversation, told } = parted(messages)
  if (!conversation.some(({ role }) => role === 'user' || role === 'toolResult')) throw failOpenai('NEXUS_OPENAI_NO_USER', { param: 'input' })
  const common = { ...wish, ...thinkingOf(reasoning?.effort), sampling: samplingOf({ most: max_output_tokens, temperature, top_p }), instructions: [instructions ?? '', ...told].filter(Boolean).join('\n\n') }
  const message = sessionKey === undefined ? undefined : lastSaid(conversation)
  const id = store === false ? undefined : await placed(parts, call)
  return {
    head: { id: id ?? unkeptId(), createdAt: clock.now(), request, stored: id !== undefined },
    agentId, sessionKey, input, messages: message ? [] : messages,
    begin: (how) => (sessionKey !== undefined && message
      ? agent.run({ ...common, ...how, sessionKey, message })
      : agent.answer({ ...common, ...how, agentId, messages: conversation, ...(clientTools && { clientTools }) })),
  }
}

/** A disk that keeps nothing is no reason not to answer; the answer says that it is not kept. */
async function placed({ kept, log }: Parts, { trace }: Call): Promise<string | undefined> {
  try {
    return await kept.place()
  } catch (error) {
    log.warn('a response will not be kept', { trace, error })
    return undefined
  }
}

/** Throws NEXUS_OPENAI_PREVIOUS. */
async function previous({ kept, clock }: Parts, { previous_response_id }: ResponseRequest, { caller }: Call): Promise<KeptResponse | undefined> {
  if (!previous_response_id) return undefined
  const found = await kept.get(previous_response_id, caller, clock.now())
  if (!found) throw failOpenai('NEXUS_OPENAI_PREVIOUS', { param: 'previous_response_id' })
  keepToAgent(caller, found.agentId)
  return found
}

/** A response that belongs to a session is continued in that session. */
function whose({ agent }: Parts, { model, user, wish: { clientTools } }: ResponseRequest, before: KeptResponse | undefined, c: RouteContext, { caller }: Call): Pick<Plan, 'agentId' | 'sessionKey'> {
  const hasTools = clientTools !== undefined
  const asked = askedOf({ caller, agents: agent.agents(), model, user: before ? undefined : user, header: (name) => c.req.header(name), hasTools })
  if (!before) return asked
  if (asked.sessionKey !== undefined) throw unsupported('previous_response_id', 'a session named by a header knows what was said before')
  if (before.sessionKey === undefined) return asked
  if (hasTools) throw unsupported('tools', 'the response before belongs to a session, which is the gateway\'s, and so are its tools')
  return { agentId: before.agentId, sessionKey: before.sessionKey }
}
