/**
 * Time that never goes back: what a clock is set back by does not count, nor what had passed since it was last looked
 * at, and from there on it goes on as before. So nobody waits longer than his window from then. Set forward, it ends
 * windows early, once.
 */
export function steady(clock: () => number): () => number {
  let before = clock()
  let time = 0
  return () => {
    const now = clock()
    if (now > before) time += now - before
    before = now
    return time
  }
}
