/** What commands print for people: colours where they are wanted, and text that cannot steer the terminal. */
import type { styleText } from 'node:util'
import type { CommandIo } from '../kernel/command.ts'

type Style = Parameters<typeof styleText>[0]
export type Paint = (style: Style, text: string) => string

export const noColour: Paint = (_, text) => text
/** Forced: whether colours are wanted has been decided by whoever asks. */
// Not imported: what a contract imports goes to browsers too.
export const colour: Paint = (style, text) => process.getBuiltinModule('node:util').styleText(style, text, { validateStream: false })

export function paintOf({ stdout, env }: Pick<CommandIo, 'stdout' | 'env'>): Paint {
  return stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? colour : noColour
}

/** Text from elsewhere on one line; control and direction characters could move the cursor or reorder what is read. */
// oxlint-disable-next-line no-control-regex
export const plain = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, ' ')
