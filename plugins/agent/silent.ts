/** Answers that mean "nothing to say": they stand in the transcript, and nobody is sent anything. */

/** `reply`: nothing is to be said. `heartbeat`: a heartbeat found nothing to do. */
export const silentTokens = { reply: 'NO_REPLY', heartbeat: 'HEARTBEAT_OK' } as const

export interface Silence {
  /** What of the text so far may be told now: nothing while it may still be a token. */
  take(delta: string): string
  /** The step is over. What was held back, unless it is a token, which is dropped. */
  end(): string
  /** How many steps said a token and nothing else. */
  readonly dropped: number
}

/** One per run; a step is one answer of the model. */
export function createSilence(tokens: readonly string[]): Silence {
  let held = ''
  let open = tokens.length > 0
  let dropped = 0
  const mayBecome = (text: string): boolean => tokens.some((token) => token.startsWith(text) || (text.startsWith(token) && text.slice(token.length).trim() === ''))
  return {
    get dropped() { return dropped },
    take(delta) {
      if (!open) return delta
      held += delta
      // Space is no part of a token; more than a little of it is no hesitation before one.
      if (held.length <= 256 && mayBecome(held.trimStart())) return ''
      return release()
    },
    end() {
      const silent = tokens.includes(held.trim())
      if (silent) dropped++
      const rest = release()
      open = tokens.length > 0
      return silent ? '' : rest
    },
  }

  function release(): string {
    const rest = held
    held = ''
    open = false
    return rest
  }
}
