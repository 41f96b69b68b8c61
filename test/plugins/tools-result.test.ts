/** What a tool answers is made fit for a conversation. */
import { describe, expect, test } from 'vitest'
import { toolText } from '../../plugins/tools/contract.ts'
import type { ToolResult } from '../../plugins/tools/contract.ts'
import { cut } from '../../plugins/tools/result.ts'

const contentOf = (content: readonly object[]): ToolResult['content'] => cut('echo', { content, isError: false } as unknown as ToolResult, 100).content

describe('a result', () => {
  test('that is too long is cut, and says so', () => {
    expect(contentOf([{ type: 'text', text: 'a'.repeat(80) }, { type: 'text', text: '😀'.repeat(40) }])).toEqual([{ type: 'text', text: 'a'.repeat(80) }, { type: 'text', text: '😀'.repeat(10) }, { type: 'text', text: '[Cut: 100 of 160 characters are shown.]' }])
  })

  test('is never cut inside a character', () => {
    expect(contentOf(toolText(`${'a'.repeat(99)}😀`).content)).toEqual([{ type: 'text', text: 'a'.repeat(99) }, { type: 'text', text: '[Cut: 99 of 101 characters are shown.]' }])
  })

  test('keeps images, but not more or larger ones than a conversation bears', () => {
    const image = { type: 'image', data: 'aGk=', mimeType: 'image/png' }
    const content = contentOf(Array.from({ length: 9 }, () => image))
    expect(content.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => image))
    expect(content[8]).toMatchObject({ type: 'text' })
    expect(contentOf([{ ...image, data: 'a'.repeat(7_000_004) }])[0]).toMatchObject({ type: 'text' })
  })

  test('fits into a line of a transcript, and has no picture that is none', () => {
    const image = (data: string, mimeType = 'image/png') => ({ type: 'image', data, mimeType })
    const large = contentOf(Array.from({ length: 8 }, () => image('a'.repeat(4_000_000))))
    expect(JSON.stringify(large).length).toBeLessThan(8 * 1024 * 1024)
    expect(large.at(-1)).toEqual({ type: 'text', text: '[7 of the images were left out: too large, too many, or no pictures.]' })
    expect(contentOf([image('no base64!'), image('abc'), image('aGk=', 'text/html'), image('aGk=', 'image/png; x'), { ...image('aGk='), more: 1 }])).toEqual([image('aGk='), { type: 'text', text: '[4 of the images were left out: too large, too many, or no pictures.]' }])
    expect(contentOf(Array.from({ length: 10_000 }, () => ({ type: 'text', text: '' })))).toEqual([{ type: 'text', text: '' }])
    expect(contentOf(Array.from({ length: 10_000 }, () => image('!')))).toHaveLength(1)
  })

  test('keeps details that are JSON and leaves out what is not', () => {
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    const results = [{ a: 1 }, cyclic, 'x'.repeat(101), () => {}].map((details) => cut('echo', { ...toolText(''), details }, 100))
    expect(results.map((result) => result.details)).toEqual([{ a: 1 }, undefined, undefined, undefined])
  })
})
