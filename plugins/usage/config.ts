import * as v from 'valibot'

export const UsageConfig = v.strictObject({
  /** Whose midnight ends a day where nobody asks for another, as in `Europe/Berlin`; the machine's if left out. */
  timeZone: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
})
