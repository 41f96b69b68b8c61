/** `chat` in the settings. */
import * as v from 'valibot'

const mebibyte = 1024 * 1024
const bytes = (most: number, usual: number, what: string) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most), v.description(what)), usual)

export const ChatConfig = v.strictObject({
  attachments: v.optional(v.strictObject({
    max: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20), v.description('Attachments of one message; 0 takes none.')), 20),
    maxImageBytes: bytes(5 * mebibyte, 5 * mebibyte, 'Of one picture.'),
    maxBytes: bytes(mebibyte, mebibyte / 2, 'Of one text file.'),
  }), {}),
})
export type AttachmentLimits = v.InferOutput<typeof ChatConfig>['attachments']
