import { describe, expect, it } from 'vitest'
import { PluginScope } from '../../kernel/scope.ts'
import { realClock } from '../../kernel/clock.ts'

const soon = (ms = 5) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const deadlines = { drainMs: 50, disposeMs: 30 }
function scopeOf(): { scope: PluginScope; faults: string[] } {
  const faults: string[] = []
  return { scope: new PluginScope('p', 1, realClock, (plugin, where, error) => faults.push(`${plugin} ${where} ${(error as Error).message}`)), faults }
}

describe('a scope', () => {
  it('closes in four steps: detach, drain, abort, disposers last in first out and one at a time', async () => {
    const { scope } = scopeOf()
    const steps: string[] = []
    scope.signal.addEventListener('abort', () => steps.push('abort'))
    for (const name of ['first', 'second']) {
      scope.defer(async () => {
        steps.push(`${name} starts`)
        await soon()
        steps.push(`${name} ends`)
      })
    }
    scope.enter()
    setTimeout(() => { steps.push('drained'); scope.leave() }, 10)
    const closing = scope.close(deadlines)
    expect(scope.enter()).toBe(false)
    expect(await closing).toEqual({ drained: true, errors: [] })
    expect(steps).toEqual(['drained', 'abort', 'second starts', 'second ends', 'first starts', 'first ends'])
  })

  it('closes once, whoever asks how often', async () => {
    const { scope } = scopeOf()
    let disposals = 0
    scope.defer(() => void disposals++)
    expect(await scope.close(deadlines)).toBe(await scope.close(deadlines))
    expect(disposals).toBe(1)
  })

  it('collects the errors of disposers, skips none and reports those that hang', async () => {
    const { scope } = scopeOf()
    const ran: string[] = []
    scope.defer(() => void ran.push('last'))
    scope.defer(() => new Promise<void>(() => {}), 'hangs')
    scope.defer(() => { throw new Error('no') }, 'throws')
    const { errors } = await scope.close(deadlines)
    expect(errors.map((error) => [error.code, error.data['what']])).toEqual([['NEXUS_SCOPE_DISPOSER', 'throws'], ['NEXUS_SCOPE_STUCK', 'hangs']])
    expect(ran).toEqual(['last'])
  })

  it('reports calls that outlive the drain, after it has aborted their signal', async () => {
    const { scope } = scopeOf()
    const call = new AbortController()
    scope.adoptCall(call)
    scope.enter()
    const { drained, errors } = await scope.close(deadlines)
    expect(drained).toBe(false)
    expect(call.signal.aborted).toBe(true)
    expect(errors[0]?.code).toBe('NEXUS_SCOPE_STUCK')
  })

  it('refuses what is registered after it closed, and disposes it at once', async () => {
    const { scope } = scopeOf()
    await scope.close(deadlines)
    let disposed = false
    expect(() => scope.defer(() => { disposed = true })).toThrow(expect.objectContaining({ code: 'NEXUS_SCOPE_CLOSED' }))
    expect(disposed).toBe(true)
    for (const register of [() => scope.interval(() => {}, 1), () => scope.timeout(() => {}, 1), () => scope.spawn('x', () => {})]) {
      expect(register).toThrow('plugin "p" registered')
    }
  })

  it('stops timers at detach and names the plugin in what they throw', async () => {
    const { scope, faults } = scopeOf()
    let ticks = 0
    scope.interval(() => { ticks++; throw new Error('tick') }, 1)
    scope.timeout(() => { throw new Error('once') }, 1)
    await soon(20)
    expect(faults).toContain('p interval 1 ms tick')
    expect(faults).toContain('p timeout 1 ms once')
    scope.detach()
    const at = ticks
    await soon(10)
    expect(ticks).toBe(at)
    expect(scope.owned()).toEqual([])
  })

  it('aborts loops after the drain and waits for them; one that ignores the signal is reported', async () => {
    const { scope } = scopeOf()
    let ended = false
    scope.spawn('good', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => { ended = true; reject(signal.reason) })))
    scope.spawn('bad', () => new Promise(() => {}))
    expect(scope.owned()).toEqual(['loop good', 'loop bad'])
    const { errors } = await scope.close(deadlines)
    expect(ended).toBe(true)
    expect(errors.map((error) => error.data['what'])).toEqual(['loop bad'])
  })

  it('counts a fault of a loop that nobody aborted', async () => {
    const { scope, faults } = scopeOf()
    scope.spawn('breaks', async () => { throw new Error('broken') })
    await soon()
    expect(faults).toEqual(['p loop breaks broken'])
    expect(scope.owned()).toEqual([])
  })

  it('disposes resources of both kinds', async () => {
    const { scope } = scopeOf()
    const seen: string[] = []
    scope.use({ [Symbol.dispose]: () => void seen.push('sync') })
    scope.use({ [Symbol.asyncDispose]: async () => void seen.push('async') })
    await scope.close(deadlines)
    expect(seen).toEqual(['async', 'sync'])
  })
})
