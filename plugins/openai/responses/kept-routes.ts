/** Responses that were kept: to be read again, and to be deleted. */
import type { Call, RouteContext } from 'nexus-gateway/sdk'
import { keepToAgent } from '../../agent/contract.ts'
import { unsupported } from '../body.ts'
import { failOpenai } from '../errors.ts'
import { json } from '../json.ts'
import type { Parts } from '../parts.ts'
import type { KeptResponse } from './kept.ts'

const unknown = () => failOpenai('NEXUS_OPENAI_RESPONSE', { param: 'response_id' })
const idIn = (c: RouteContext): string => c.req.param('id') ?? ''

async function found({ kept, clock }: Parts, c: RouteContext, { caller }: Call): Promise<KeptResponse> {
  const one = await kept.get(idIn(c), caller, clock.now())
  if (!one) throw unknown()
  keepToAgent(caller, one.agentId)
  return one
}

export async function read(parts: Parts, c: RouteContext, call: Call): Promise<Response> {
  if (c.req.query('stream') === 'true') throw unsupported('stream', 'a response is streamed once, while it is made')
  return json((await found(parts, c, call)).response)
}

/** What the response was an answer to, newest first unless asked otherwise, in one page. */
export async function readInput(parts: Parts, c: RouteContext, call: Call): Promise<Response> {
  const { input } = await found(parts, c, call)
  const items = input.map((item, at) => ({ id: `item_${at}_${idIn(c)}`, type: 'message', ...item }))
  const data = c.req.query('order') === 'asc' ? items : items.toReversed()
  return json({ object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: false })
}

export async function remove(parts: Parts, c: RouteContext, call: Call): Promise<Response> {
  await found(parts, c, call)
  await parts.kept.delete(idIn(c), call.caller)
  return json({ id: idIn(c), object: 'response', deleted: true })
}
