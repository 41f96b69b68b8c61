/**
 * Processes begun while a plugin that was edited is being described, so that the new code need not wait for one. There
 * is nothing of the plugin in them, and what they may touch is what its running process may: where the new manifest
 * asks for anything else, the spare one is ended and another started.
 */
import type { Frame } from '../wire/frame.ts'
import { startProcess, type PluginProcess, type ProcessOptions } from './process.ts'

export interface Spares {
  /** Begins a process like the one that runs the plugin at this place, if one does. */
  prepare(place: string): void
  /** The plugin is described: it is wanted soon now, or not at all. */
  settle(place: string, soon: boolean): void
  /** A process just as asked for: the one that was begun, or a new one. */
  take(place: string, options: ProcessOptions): Promise<PluginProcess>
}

interface Spare { readonly key: string; readonly process: Promise<PluginProcess>; late: NodeJS.Timeout | undefined }

// Real time, whatever clock the gateway has: what is kept here are processes.
const mostMs = 15_000
const soonMs = 2_000
/** Has it read what every plugin needs. */
const warm: Frame = ['say', 'warm']
const keyOf = (options: ProcessOptions): string => JSON.stringify([options.root, options.grants, options.memoryMb, options.bwrap])

export function createSpares(start = startProcess): Spares {
  /** What the running processes were started with, by the plugin's place. */
  const running = new Map<string, ProcessOptions>()
  const spares = new Map<string, Spare>()

  function drop(place: string): void {
    const spare = spares.get(place)
    spares.delete(place)
    clearTimeout(spare?.late)
    // One that could not be started is asked for anew, and fails there where somebody is told.
    spare?.process.then((process) => process.kill(), () => {})
  }

  function expire(place: string, ms: number): void {
    const spare = spares.get(place)
    if (!spare) return
    clearTimeout(spare.late)
    spare.late = setTimeout(() => drop(place), ms).unref()
  }

  function prepare(place: string): void {
    const options = running.get(place)
    if (!options || spares.has(place)) return
    const spare: Spare = { key: keyOf(options), process: start(options), late: undefined }
    spares.set(place, spare)
    expire(place, mostMs)
    const gone = (): void => { if (spares.get(place) === spare) drop(place) }
    spare.process.then(({ socket, exited }) => {
      socket.write(`${JSON.stringify(warm)}\n`)
      void exited.then(gone)
    }, gone)
  }

  async function spareFor(place: string, options: ProcessOptions): Promise<PluginProcess | undefined> {
    const spare = spares.get(place)
    if (spare?.key !== keyOf(options)) return void drop(place)
    spares.delete(place)
    clearTimeout(spare.late)
    return spare.process.catch(() => undefined)
  }

  async function take(place: string, options: ProcessOptions): Promise<PluginProcess> {
    const process = await spareFor(place, options) ?? await start(options)
    running.set(place, options)
    void process.exited.then(() => {
      if (running.get(place) !== options) return
      running.delete(place)
      drop(place)
    })
    return process
  }

  return { prepare, settle: (place, soon) => (soon ? expire(place, soonMs) : drop(place)), take }
}
