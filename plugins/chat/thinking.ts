/** Levels of thinking as clients write them. */
import { thinkingLevels } from '../models/contract.ts'
import type { ThinkingLevel } from '../models/contract.ts'

const others: Readonly<Record<string, ThinkingLevel>> = { none: 'off', min: 'minimal', on: 'low', mid: 'medium', xhigh: 'max', highest: 'max', ultra: 'max' }

/** Nothing for what is no level. */
export function levelOf(text: string): ThinkingLevel | undefined {
  const word = text.trim().toLowerCase()
  return thinkingLevels.find((level) => level === word) ?? (Object.hasOwn(others, word) ? others[word] : undefined)
}

/** The model's own choice. */
export const isNoLevel = (text: string): boolean => /^\s*(?:default|auto|adaptive|)\s*$/i.test(text)
