import { describe, expect, it } from 'vitest'
import { createGate } from '../../kernel/gate.ts'
import { origin } from './harness.ts'

const busy = new Set(['busy'])

describe('the gate of a serial swap', () => {
  it('holds calls to what is swapped and lets the others pass', () => {
    const gate = createGate()
    gate.close(busy, false)
    expect(gate.holds('busy', origin)).toBe(true)
    expect(gate.holds('other', origin)).toBe(false)
    expect(gate.holds(undefined, origin)).toBe(false)
  })

  it('holds everything when those who decide are swapped', () => {
    const gate = createGate()
    gate.close(busy, true)
    expect(gate.holds('other', origin)).toBe(true)
  })

  it('lets through what a call being drained needs', () => {
    const gate = createGate()
    gate.close(busy, true)
    expect(gate.holds('busy', { ...origin, cause: { caller: origin.caller, trace: 't', path: ['busy'] } })).toBe(false)
  })

  it('opens for all who wait', async () => {
    const gate = createGate()
    gate.close(busy, false)
    const waiting = [gate.pass('busy'), gate.pass('busy')]
    gate.open()
    await Promise.all(waiting)
    expect(gate.shut).toBe(false)
  })

  it('tells those for whom it takes too long to come again', async () => {
    const gate = createGate()
    gate.close(busy, false)
    await expect(gate.pass('busy')).rejects.toMatchObject({ code: 'NEXUS_CALL_SWAPPING', retryable: true })
  })

  it('keeps no more than a thousand waiting', async () => {
    const gate = createGate()
    gate.close(busy, false)
    const waiting = Array.from({ length: 1000 }, () => gate.pass('busy'))
    await expect(gate.pass('busy')).rejects.toMatchObject({ code: 'NEXUS_CALL_SWAPPING' })
    gate.open()
    await Promise.all(waiting)
  })
})
