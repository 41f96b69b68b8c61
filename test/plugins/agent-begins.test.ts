/** The message of a run goes to the transcript while the rest of it is made ready; nothing is sent before it is there. */
import { expect, it } from 'vitest'
import { ask, codeOf, says, withAgent } from './agent-fakes.ts'

const aWhile = () => new Promise((resolve) => { setTimeout(resolve, 30) })
const textsOf = (messages: readonly { readonly role: string; readonly content: unknown }[]) => messages.filter(({ role }) => role !== 'system').map(({ role, content }) => [role, typeof content === 'string' ? content : (content as { text: string }[]).map(({ text }) => text).join('')])

it('is shown to the model once, in its place, and nothing is sent while it is written', async () => {
  const asked: string[][][] = []
  await withAgent((request, emit) => {
    asked.push(textsOf(request.messages) as string[][])
    return says('hello')(request, emit)
  }, async (agent, { sessions }) => {
    let write = (): void => {}
    for (const [n, held] of [false, true, true].entries()) {
      sessions.gate = (what) => (held && what === 'start' ? new Promise((resolve) => { write = resolve }) : undefined)
      const run = await ask(agent, `r${n}`)
      await aWhile()
      expect(asked.length).toBe(held ? n : n + 1)
      write()
      expect((await run.done).status).toBe('ok')
    }
    const turn = (n: number): string[][] => [['user', `question of r${n}`], ['assistant', 'hello']]
    expect(asked).toEqual([turn(0).slice(0, 1), [...turn(0), ...turn(1).slice(0, 1)], [...turn(0), ...turn(1), ...turn(2).slice(0, 1)]])
  })
})

it('what cannot be written is not sent, and the run says why', async () => {
  let asked = 0
  await withAgent((request, emit) => {
    asked++
    return says('hello')(request, emit)
  }, async (agent, { sessions }) => {
    sessions.gate = async (what) => {
      await aWhile()
      if (what === 'start') throw Object.assign(new Error('disk'), { code: 'X' })
    }
    const { status, error } = await (await ask(agent, 'r1')).done
    expect([status, codeOf(error), asked]).toEqual(['error', 'NEXUS_AGENT_FAILED', 0])
    sessions.gate = () => {}
    expect((await (await ask(agent, 'r2')).done).status).toBe('ok')
  })
})
