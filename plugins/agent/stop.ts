/** Messages that stop what runs instead of being answered. Pure, also in a browser. */

const words: ReadonlySet<string> = new Set(['stop', 'esc', 'abort', 'wait', 'exit', 'interrupt', '/stop'])

/** Only a message that is nothing but such a word; case, space around it and a full stop or exclamation mark at its end do not matter. */
export const isStopWord = (text: string): boolean => text.length <= 64 && words.has(text.trim().toLowerCase().replace(/[.!]+$/, ''))
