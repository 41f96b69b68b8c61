/** A request to a plugin's route as a message, and its answer as a response; the bodies follow as bytes. */
import type { Call, RouteContext } from 'nexus-gateway/sdk'
import { callData } from '../wire/call.ts'
import type { RouteAnswer, RouteBody } from '../wire/messages.ts'
import type { Calls } from './calls.ts'
import type { Life } from './life.ts'

/** Statuses whose response must not have a body. */
const bodiless: readonly number[] = [101, 204, 205, 304]

export async function askRoute(life: Life, calls: Calls, key: string, c: RouteContext, call: Call): Promise<Response> {
  const { link } = life
  const { raw } = c.req
  let number = 0
  const body: RouteBody = {
    key, url: raw.url, method: raw.method, headers: [...raw.headers], call: callData(call),
    ...(raw.body && { body: link.flows.send(raw.body) }),
  }
  const entered = (id: number): void => {
    number = id
    calls.enter(id, call, () => link.stop(id))
  }
  try {
    const answer = await link.ask('route', body, undefined, entered) as RouteAnswer
    return response(life, calls, number, answer)
  } finally {
    calls.leave(number)
  }
}

/** Its call is under way as long as its body is. */
function response({ link }: Life, calls: Calls, number: number, { status, headers, body }: RouteAnswer): Response {
  const known = Number.isInteger(status) && status >= 200 && status <= 599 ? status : 500
  if (body === undefined || bodiless.includes(known)) return new Response(null, { status: known, headers: headers as [string, string][] })
  calls.hold(number)
  return new Response(link.flows.receive(body, () => calls.release(number)), { status: known, headers: headers as [string, string][] })
}
