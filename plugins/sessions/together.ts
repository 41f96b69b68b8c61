/** `work` for each, at most so many at once, in order: what a page of sessions takes must not grow with the page. */
export async function together<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (let i = 0; i < items.length; i += atOnce) done.push(...await Promise.all(items.slice(i, i + atOnce).map(work)))
  return done
}
