/** Pictures and files in a message: checked before they are decoded, against what they say they are. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partsOf } from '../../plugins/chat/attachments.ts'
import type { ModelRequest } from '../../plugins/models/contract.ts'
import { codeOf, says } from './agent-fakes.ts'
import { ended, key, send, withChat } from './chat-bench.ts'

const bytes = (...parts: (string | number[])[]): Buffer => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))
const png = bytes('\x89PNG\r\n\x1a\n', 'rest of it')
const jpeg = bytes([0xff, 0xd8, 0xff, 0xe0], 'rest')
const gif = bytes('GIF89a', 'rest')
const webp = bytes('RIFF', [1, 2, 3, 4], 'WEBP', 'rest')
const b64 = (data: Buffer | string): string => Buffer.from(data).toString('base64')
const limits = { max: 3, maxImageBytes: 1_000, maxBytes: 100 }
const refusal = (attachment: Readonly<Record<string, unknown>>): string => {
  try {
    partsOf([attachment], limits)
    return 'taken'
  } catch (error) {
    return `${codeOf(error)}: ${(error as Error).message}`
  }
}
const withImages = { spec: { input: ['text', 'image'] as const } }

describe('attachments of chat.send', () => {
  it('of both generations reach the model and the transcript', async () => {
    const asked: ModelRequest[] = []
    await withChat((request, emit) => {
      asked.push(request)
      return says('seen')(request, emit)
    }, async (bench) => {
      const attachments = [
        { type: 'image', mimeType: 'image/png', fileName: 'a.png', content: b64(png) },
        { type: 'image', content: `data:image/jpeg;base64,${b64(jpeg)}` },
        { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: b64(gif) } },
        { mimeType: 'image/webp', origin: 'paste', sizeBytes: webp.length, width: 1, height: 1, content: b64(webp) },
        { type: 'file', mimeType: 'text/plain', fileName: 'notes.txt', content: b64('three\nwords ü') },
      ]
      expect(await send(bench, 'k1', { attachments })).toEqual({ runId: 'k1', status: 'started' })
      await ended(bench, 'k1')
      const [message] = bench.sessions.messages(key)
      expect(message!.content.map((part) => (part.type === 'image' ? part : part.type))).toEqual([
        'text',
        { type: 'image', mimeType: 'image/png', data: b64(png) }, { type: 'image', mimeType: 'image/jpeg', data: b64(jpeg) },
        { type: 'image', mimeType: 'image/gif', data: b64(gif) }, { type: 'image', mimeType: 'image/webp', data: b64(webp) }, 'text',
      ])
      const file = (message!.content.at(-1) as { text: string }).text
      expect(file).toMatch(/^<<<EXTERNAL_UNTRUSTED_CONTENT id="[0-9a-f]{32}">>>\nSource: file · notes\.txt\n---\nthree\nwords ü\n<<<END/)
      expect(JSON.stringify(asked[0]!.messages)).toContain(b64(png))
    }, withImages)
  })

  it('are enough by themselves', () => withChat(says('seen'), async (bench) => {
    await send(bench, 'k1', { message: '', attachments: [{ content: b64(png) }] })
    await ended(bench, 'k1')
    expect(bench.sessions.messages(key)[0]!.content).toEqual([{ type: 'image', mimeType: 'image/png', data: b64(png) }])
    await expect(send(bench, 'k2', { message: ' ', attachments: [] }).catch(codeOf)).resolves.toBe('NEXUS_CHAT_EMPTY')
  }, withImages))

  it('are refused with the reason, and nothing is written', () => withChat(says('never'), async (bench) => {
    const refused: [Readonly<Record<string, unknown>>, RegExp][] = [
      [{}, /no content in base64/], [{ content: 5 }, /no content in base64/], [{ content: '' }, /empty/], [{ content: 'data:image/png;base64,' }, /empty/],
      [{ mimeType: 'image/png', content: b64(jpeg) }, /another type than it says/], [{ content: `data:image/gif;base64,${b64(png)}` }, /another type than it says/],
      [{ type: 'image', content: b64('no picture') }, /no png, jpeg, gif or webp/], [{ mimeType: 'image/svg+xml', content: b64('<svg/>') }, /no png, jpeg, gif or webp/],
      [{ mimeType: 'text/plain', content: b64(png) }, /another type than it says/], [{ mimeType: 'application/pdf', content: b64('%PDF-1.7') }, /files of its type/],
      [{ content: b64(bytes([0xc3, 0x28])) }, /no text in UTF-8/], [{ content: b64('a\0b') }, /no text in UTF-8/],
      [{ content: `${b64(png)}\n` }, /no base64/], [{ content: b64(png).slice(0, -1) }, /no base64/], [{ content: b64('plain text').replace('=', '-') }, /no base64/], [{ content: 'YWJ=' }, /no base64/],
      [{ content: b64('x'.repeat(101)) }, /more than 100 bytes/], [{ content: b64(Buffer.concat([png, Buffer.alloc(1_000)])) }, /more than 1000 bytes/],
    ]
    for (const [attachment, reason] of refused) {
      const said = refusal(attachment)
      expect([JSON.stringify(attachment).slice(0, 80), said]).toEqual([expect.any(String), expect.stringMatching(reason)])
      expect(said).toMatch(/^NEXUS_CHAT_ATTACHMENT: .*attachment 1 is not taken/)
    }
    const four = Array.from({ length: 4 }, () => ({ content: b64(png) }))
    await expect(send(bench, 'k', { attachments: four }).catch(codeOf)).resolves.toBe('NEXUS_CHAT_ATTACHMENT')
    await expect(send(bench, 'k', { attachments: [{ mimeType: 'application/zip', content: b64('PK') }] }).catch(codeOf)).resolves.toBe('NEXUS_CHAT_ATTACHMENT')
    expect(bench.sessions.journal).toEqual([])
  }, { ...withImages, config: { chat: { attachments: limits } } }))

  it('that are too large are not decoded', () => {
    const whole = b64(png).slice(0, 8) + 'A'.repeat(40_000_000)
    const from = Buffer.from
    const decoded: number[] = []
    Buffer.from = ((text: string, encoding: BufferEncoding) => {
      decoded.push(text.length)
      return from(text, encoding)
    }) as never
    try {
      expect(refusal({ content: whole })).toMatch(/more than/)
    } finally {
      Buffer.from = from
    }
    expect(Math.max(...decoded)).toBeLessThanOrEqual(64)
  })

  it('come out as they went in, whatever they hold, or are refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 90 }), fc.constantFrom(png, jpeg, gif, webp, Buffer.alloc(0)), (rest, head) => {
      const data = Buffer.concat([head, rest])
      let parts
      try {
        parts = partsOf([{ content: b64(data) }], limits)
      } catch (error) {
        expect(codeOf(error)).toBe('NEXUS_CHAT_ATTACHMENT')
        expect(head.length).toBe(0)
        return
      }
      const [part] = parts
      if (part!.type === 'image') expect(Buffer.from(part!.data, 'base64').equals(data)).toBe(true)
      else expect(head.length).toBe(0)
    }))
  })

  it('take any text that looks like base64 or not, without a throw of another kind', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string().map((text) => `data:${text}`)), fc.option(fc.string(), { nil: undefined }), (content, mimeType) => {
      expect(refusal({ content, mimeType })).toMatch(/^taken$|^NEXUS_CHAT_ATTACHMENT: /)
    }))
  })
})
