/** The message of a run goes to the transcript while the rest of it is made ready and held; nothing is sent before it is there. */
import { definePlugin } from 'nexus-gateway/sdk'
import { expect, it } from 'vitest'
import { modelAfter, modelBefore } from '../../plugins/models/contract.ts'
import { ask, codeOf, says, withAgent } from './agent-fakes.ts'

const aWhile = () => new Promise((resolve) => { setTimeout(resolve, 30) })
const textsOf = (messages: readonly { readonly role: string; readonly content: unknown }[]) => messages.filter(({ role }) => role !== 'system').map(({ role, content }) => [role, typeof content === 'string' ? content : (content as { text: string }[]).map(({ text }) => text).join('')])

/** What budgets see, in its order. */
function budget() {
  const seen: string[] = []
  const plugin = definePlugin({
    id: 'budget',
    setup(ctx) {
      ctx.tap(modelBefore, () => void seen.push('held'))
      ctx.tap(modelAfter, (_, { status }) => void seen.push(status))
    },
  })
  return { seen, plugin }
}

it('is shown to the model once, in its place, and nothing is sent while it is written', async () => {
  const asked: string[][][] = []
  const { seen, plugin } = budget()
  await withAgent((request, emit) => {
    asked.push(textsOf(request.messages) as string[][])
    return says('hello')(request, emit)
  }, async (agent, { sessions }) => {
    let write = (): void => {}
    for (const [n, held] of [false, true, true].entries()) {
      sessions.gate = (what) => (held && what === 'start' ? new Promise((resolve) => { write = resolve }) : undefined)
      const run = await ask(agent, `r${n}`)
      await aWhile()
      expect([asked.length, seen.at(-1)]).toEqual(held ? [n, 'held'] : [n + 1, 'ok'])
      write()
      expect((await run.done).status).toBe('ok')
    }
    const turn = (n: number): string[][] => [['user', `question of r${n}`], ['assistant', 'hello']]
    expect(asked).toEqual([turn(0).slice(0, 1), [...turn(0), ...turn(1).slice(0, 1)], [...turn(0), ...turn(1), ...turn(2).slice(0, 1)]])
  }, { plugins: [plugin] })
})

it('what cannot be written is not sent, what was held for it is free again, and the run says why', async () => {
  let asked = 0
  const { seen, plugin } = budget()
  await withAgent((request, emit) => {
    asked++
    return says('hello')(request, emit)
  }, async (agent, { sessions }) => {
    sessions.gate = async (what) => {
      await aWhile()
      if (what === 'start') throw Object.assign(new Error('disk'), { code: 'X' })
    }
    const { status, error } = await (await ask(agent, 'r1')).done
    expect([status, codeOf(error), asked, seen]).toEqual(['error', 'NEXUS_AGENT_FAILED', 0, ['held', 'refused']])
    sessions.gate = () => {}
    expect((await (await ask(agent, 'r2')).done).status).toBe('ok')
  }, { plugins: [plugin] })
})

it('nothing is told of a run before its asker, however many promises are between', async () => {
  await withAgent(says('hello'), async (agent) => {
    const order: string[] = []
    const run = await ask(agent, 'r1', { onEvent: ({ type }: { type: string }) => void order.push(type) })
    for (let i = 0; i < 50; i++) await undefined
    order.push('asker')
    await run.done
    expect(order.slice(0, 2)).toEqual(['asker', 'start'])
  })
})
