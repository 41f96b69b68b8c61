/**
 * Whose code runs right now, for whoever looks from outside: a thread that finds the loop blocked, and the next start
 * after a crash. It knows synchronous code only; what runs on after an `await` is nobody's here.
 */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** What the file says: the one that ran, or those that were being loaded. */
export interface Trace { readonly id?: string; readonly place?: string; readonly reason?: string; readonly loading?: readonly string[] }
export interface MarkerOptions { /** Not written to without one. */ readonly file?: string }

const size = 1_024
const idle = record({})

export class Marker {
  /**
   * Two 32-bit integers: the number of the generation that runs, negative for a plugin from outside, 0 for nobody; and
   * not 0 once somebody else writes the file, because this process is about to be ended.
   */
  readonly shared = new SharedArrayBuffer(8)
  /** What the process before has left. */
  readonly last: Trace
  readonly file: string | undefined
  readonly #cells = new Int32Array(this.shared)
  readonly #records = new Map<number, Buffer>()
  readonly #loading = new Map<object, Trace>()
  #idle = idle
  #fd: number | undefined
  #started = false

  constructor({ file }: MarkerOptions = {}) {
    this.file = file
    this.last = file === undefined ? {} : read(file)
    if (file !== undefined) this.#fd = open(file)
  }

  /** The number to run a generation's code under; `forget` it when it is closed. */
  number(generation: number, from?: { readonly id: string; readonly place: string }): number {
    if (from) this.#records.set(-generation, record({ id: from.id, place: from.place }))
    return from ? -generation : generation
  }

  forget(number: number): void { this.#records.delete(number) }

  /** From here on it is this one's code that runs; gives whose it was, to be put back. */
  swap(number: number): number {
    const outer = this.#cells[0] as number
    this.#cells[0] = number
    // A file, since a fault in machine code, a lack of memory and a kill leave no other trace. It costs 1-2 µs, so only
    // those that can be left out next time pay for it. It stays in the page cache: the process may die, not the machine.
    if ((number | outer) < 0) this.#write(this.#records.get(number) ?? this.#idle)
    return outer
  }

  /** While the modules of a plugin are evaluated; the result ends it. Several may be at once, and then none is blamed. */
  loading({ id, place }: { readonly id: string; readonly place: string }): () => void {
    if (this.#started) return () => {}
    const key = {}
    const note = (): void => {
      const [one, ...more] = this.#loading.values()
      this.#idle = record(one && more.length === 0 ? one : { ...(one && { loading: [one, ...more].map(({ id }) => String(id)) }) })
      if ((this.#cells[0] as number) >= 0) this.#write(this.#idle)
    }
    this.#loading.set(key, { id, place })
    note()
    return () => {
      this.#loading.delete(key)
      note()
    }
  }

  /** The start is over. A load that is cut off after it is more likely the doing of whoever ended the process. */
  started(): void { this.#started = true }

  /** The process ends, and that is why. */
  blame(trace: Trace): void {
    this.#write(record(trace))
    this.#fd = undefined
  }

  /** All is well: the next start finds nothing. */
  close(): void {
    if (this.#fd === undefined || this.file === undefined) return
    closeSync(this.#fd)
    rmSync(this.file, { force: true })
    this.#fd = undefined
  }

  #write(bytes: Buffer): void {
    if (this.#fd !== undefined && this.#cells[1] === 0) writeSync(this.#fd, bytes, 0, size, 0)
  }
}

/** Always of one length, so that none leaves a rest of another. */
function record(trace: Trace): Buffer {
  const bytes = Buffer.from(JSON.stringify(trace))
  // A path may be longer than all of it, and the id is what counts.
  if (bytes.length > size) return record(trace.place ? { ...trace, place: '' } : {})
  return Buffer.concat([bytes, Buffer.alloc(size - bytes.length, ' ')])
}

function read(file: string): Trace {
  try {
    const trace: unknown = JSON.parse(readFileSync(file, 'utf8').slice(0, size))
    return typeof trace === 'object' && trace !== null ? trace : {}
  } catch {
    // None, or one that a crash has cut off: it accuses nobody.
    return {}
  }
}

/** Nobody can be named after a crash where this fails; that is no reason not to start. */
function open(file: string): number | undefined {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const fd = openSync(file, 'w', 0o600)
    writeSync(fd, idle, 0, size, 0)
    return fd
  } catch {
    return undefined
  }
}
