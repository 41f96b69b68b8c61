import { describe, expect, test } from 'vitest'
import { labels } from 'nexus-gateway/sdk'
import type { Caller } from 'nexus-gateway/sdk'
import { authorize } from '../../plugins/auth/scopes.ts'

const operator = (...scopes: string[]): Caller => ({ id: 'x', role: 'operator', label: 'operator', scopes: new Set(scopes) })

describe('authorization', () => {
  test('public needs no opinion', () => expect(authorize({ ...operator(), role: 'none' }, 'public')).toBeUndefined())

  test.each([
    ['operator.read', ['operator.read'], true],
    ['operator.read', ['operator.write'], true],
    ['operator.write', ['operator.read'], false],
    ['operator.admin', ['operator.write', 'operator.approvals', 'operator.pairing', 'operator.read'], false],
    ['operator.approvals', ['operator.admin'], true],
    ['operator.pairing', ['operator.admin'], true],
    ['operator.pairing', ['operator.write'], false],
    ['operator.new-one', ['operator.admin'], true],
    ['cost.manage', ['operator.admin'], true],
    ['cost.manage', ['cost.manage'], true],
    ['cost.manage', ['cost.read', 'operator.write'], false],
    ['operatorx.read', ['operator.read'], false],
    ['node.invoke', ['operator.admin'], false],
    ['operator.read', [], false],
  ] as const)('%s for a holder of %j: %s', (access, scopes, allowed) => {
    expect(authorize(operator(...scopes), access)).toBe(allowed)
  })

  test('nobody, an unknown role and an unknown label are refused whatever they hold', () => {
    const all = operator('operator.admin', 'operator.read', 'x.y')
    for (const caller of [{ ...all, role: 'none' }, { ...all, role: 'root' }, { ...all, label: 'system' }, { ...all, label: '' }] as Caller[]) {
      expect(authorize(caller, 'operator.read')).toBe(false)
      expect(authorize(caller, 'x.y')).toBe(false)
    }
  })

  test('a node has what it holds by name and nothing by implication', () => {
    const node: Caller = { ...operator('operator.admin', 'node.events'), role: 'node', label: 'node' }
    expect(authorize(node, 'node.events')).toBe(true)
    expect(authorize(node, 'operator.read')).toBe(false)
  })

  test('every label can be let in by its scopes', () => {
    for (const label of labels) expect(authorize({ ...operator('operator.read'), label }, 'operator.read')).toBe(true)
  })
})
