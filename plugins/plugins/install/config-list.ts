/** Edits of the list `plugins`: later entries win, `"-id"` leaves out, `"-*"` empties what came before. Pure. */

/** Makes the list turn `id` on; everything else stays as it is. */
export function listed(list: readonly string[], id: string): string[] {
  const kept = list.filter((entry) => entry !== `-${id}`)
  const at = kept.lastIndexOf(id)
  return at >= 0 && !kept.includes('-*', at) ? kept : [...kept, id]
}

/** Makes the list turn `id` off. `leaveOut`: something else than this list may turn it on. */
export function unlisted(list: readonly string[], id: string, leaveOut: boolean): string[] {
  const kept = list.filter((entry) => entry !== id)
  return !leaveOut || kept.includes(`-${id}`) ? kept : [...kept, `-${id}`]
}
