/**
 * The program of a plugin's process. It holds nothing of the gateway but this and the SDK: the plugin's code comes over
 * the pipe, and what it may touch besides was settled when the process was made. Its arguments are the hosts it may
 * reach, in one, and the names of the environment variables it may see.
 */
import { Socket } from 'node:net'
import { hostLink } from './child/host.ts'
import { setTripwires } from './child/tripwires.ts'

function main(): void {
  const [hosts = '', ...allowed] = process.argv.slice(2)
  for (const name of Object.keys(process.env)) if (!allowed.includes(name)) delete process.env[name]
  const socket = new Socket({ fd: 3, readable: true, writable: true })
  // The gateway's end is this one's end, whatever else still runs here.
  socket.on('error', () => process.exit(0))
  socket.on('close', () => process.exit(0))
  const link = hostLink(socket)
  setTripwires(hosts.split(','), (what) => link.say('offence', what))
  const fault = (where: string) => (error: unknown): void => {
    link.say('fault', { where, failure: { message: error instanceof Error ? error.message : String(error), stack: error instanceof Error ? error.stack : undefined } })
  }
  process.on('unhandledRejection', fault('a promise that nobody handled'))
}

main()
