/** What doctor looks at. */
import { connect } from 'node:net'
import type { ConfigControlApi, Ctx } from 'nexus-gateway/sdk'

export interface Patient {
  readonly control: ConfigControlApi
  readonly paths: Ctx['paths']
  readonly env: NodeJS.ProcessEnv
  /** As the times of files are. */
  now(): number
}

const connectMs = 1_000

/** Whether somebody takes connections there. */
export function accepts(where: { readonly path: string } | { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(where)
    const end = (answer: boolean) => (): void => {
      socket.destroy()
      done(answer)
    }
    socket.once('connect', end(true)).once('error', end(false)).setTimeout(connectMs, end(false))
  })
}
