/** The gateway as its plugin's process sees it: what it asks is answered here, each thing by a part loaded when it is first wanted. */
import type { Socket } from 'node:net'
import { createLink, type Asked, type Link } from '../wire/link.ts'
import type { Beginning, CallBody, CommandBody, DescribeBody, RouteBody, TapBody, UseBody } from '../wire/messages.ts'
import type { Life } from './life.ts'
import type { CommandDesk } from './command.ts'

export function hostLink(socket: Socket): Link {
  let life: Life | undefined
  /** Known before the life is: a setup that fails or hangs has started things too. */
  let close: Life['close'] | undefined
  let desk: CommandDesk | undefined
  const running = (): Life => {
    if (!life) throw new Error('the plugin has not begun')
    return life
  }

  const link: Link = createLink(socket, {
    answers: {
      describe: async (body: DescribeBody) => (await import('./describe.ts')).describe(link, body),
      run: async (body: Beginning) => {
        const { beginLife } = await import('./life.ts')
        const begun = await beginLife(link, body, (closing) => { close = closing })
        life = begun.life
        return begun.answer
      },
      command: async (body: CommandBody, asked: Asked) => {
        const { createDesk } = await import('./command.ts')
        desk = createDesk(link, body, asked)
        return desk.run()
      },
      call: (body: CallBody, asked: Asked) => running().call(body, asked),
      route: (body: RouteBody, asked: Asked) => running().route(body, asked),
      tap: (body: TapBody) => running().tap(body),
      use: (body: UseBody) => running().use(body),
      tick: ({ id, now }: { id: number; now: number }) => running().tick(id, now),
      handOver: () => running().handOver(),
      close: () => close?.(),
    },
    hears: {
      ping: () => link.say('pong'),
      // What cannot be read is told when it is wanted.
      warm: () => void Promise.all([import('./life.ts'), import('nexus-gateway/sdk')]).catch(() => {}),
      event: (body: { socket: number; event: string; payload: unknown }) => desk?.event(body),
      closed: (number: number) => desk?.closed(number),
      aborted: (signal: number) => life?.aborted(signal),
    },
    onBroken: () => process.exit(70),
    onEnd: () => process.exit(0),
  })
  return link
}
