/** What the commands print for people. Pure. */
import { plain, type Paint } from 'nexus-gateway/sdk'
import type { ContainmentList, Released } from './contract.ts'

export function listScreen({ quarantined, faults, watching }: ContainmentList, paint: Paint): string {
  const held = quarantined.flatMap(({ id, reason, at }) => [`${paint('red', plain(id))}  in quarantine since ${new Date(at).toISOString()}`, `  ${plain(reason)}`, `  ${paint('dim', `nexus containment release ${plain(id)}`)}`])
  const failing = faults.map((row) => `${paint('yellow', plain(row.id))}  ${row.faults} of ${row.most} faults within ${row.windowMs / 1_000} s, the last in ${plain(row.last)}`)
  return [
    ...(held.length > 0 ? held : ['No plugin is in quarantine.']),
    ...(failing.length > 0 ? ['', ...failing] : []),
    '', paint('dim', watching ? 'A thread watches the event loop.' : 'No thread watches the event loop.'),
  ].join('\n')
}

export function releasedText({ scheduled, started }: Released, id: string): string {
  if (scheduled) return `${plain(id)} starts as soon as this call has ended`
  return started.includes(id) ? `${plain(id)} runs again` : `${plain(id)} is out of quarantine and will run once it is wanted`
}
