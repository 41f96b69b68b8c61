/**
 * What the watching thread runs: plain JavaScript in a string, so that it is the same in source and build and loads
 * nothing of this project. It is told of the plugins and looks at two counters: the beat of the main thread's event
 * loop, and whose code runs there.
 */

export interface WatchedPlugin {
  readonly id: string
  /** Under which its code runs, see the kernel's marker. */
  readonly number: number
  readonly place: string
  /** It can be left out at the next start. */
  readonly foreign: boolean
  /** Files and folders that its code stands in. */
  readonly files: readonly string[]
}
export interface ThreadData {
  readonly beat: SharedArrayBuffer
  readonly marker: SharedArrayBuffer
  /** Tells the next start why this one ended. */
  readonly file: string | undefined
  readonly warnMs: number
  readonly killMs: number
  readonly stepMs: number
  readonly status: number
}
/** Sent once the loop turns again. */
export interface Blocked { readonly ms: number; readonly id?: string; readonly stack?: string }

export const threadCode = String.raw`
  const { workerData, parentPort } = require('node:worker_threads')
  const fs = require('node:fs')
  const { file, warnMs, killMs, stepMs, status } = workerData
  const beat = new Int32Array(workerData.beat)
  const marker = new Int32Array(workerData.marker)
  let plugins = []
  let last = -1
  let at = performance.now()
  let blockedMs = 0
  let found
  let ending = false
  // Who was found at it while the loop is blocked, how often: many short turns of one plugin have moments between them that are nobody's.
  let seen = new Map()
  let looks = 0
  parentPort.on('message', (list) => { plugins = list })
  setInterval(look, stepMs)

  function look() {
    const now = performance.now()
    // A process that was stopped, or a machine that slept, has not been blocked all that time.
    const passed = Math.min(now - at, 2 * stepMs)
    at = now
    const count = Atomics.load(beat, 0)
    if (count !== last) {
      if (found && !ending) parentPort.postMessage({ ms: Math.round(blockedMs), ...found })
      last = count
      blockedMs = 0
      found = undefined
      seen = new Map()
      looks = 0
      return
    }
    blockedMs += passed
    looks++
    const number = Atomics.load(marker, 0)
    if (number !== 0) seen.set(number, (seen.get(number) || 0) + 1)
    if (blockedMs >= warnMs && !found) void name()
    if (killMs > 0 && blockedMs >= killMs && !ending) void end()
  }

  async function name() {
    const mine = found = named()
    const frames = await stackOf()
    if (found !== mine || !frames) return
    const { id } = culprit(frames) ?? {}
    found = { ...(id !== undefined ? { id } : mine), stack: textOf(frames) }
    if (killMs === 0) say('the event loop is blocked' + by(found.id), found.stack)
  }

  async function end() {
    ending = true
    const before = culprit([])
    const frames = await stackOf()
    const plugin = culprit(frames ?? []) ?? before
    const seconds = Math.round(blockedMs / 100) / 10
    const where = frames && frames[0] ? ' in ' + placeOf(frames[0]) : ''
    const reason = 'it blocked the gateway for ' + seconds + ' s' + where
    const trace = plugin && plugin.foreign ? { id: plugin.id, place: plugin.place, reason } : { reason: 'the event loop was blocked for ' + seconds + ' s' + by(plugin && plugin.id) + where }
    // The main thread writes no more; a write that it was in just now is why the note is made again below.
    Atomics.store(marker, 1, 1)
    note(trace)
    say('the event loop has been blocked for ' + seconds + ' s' + by(plugin && plugin.id) + ': the gateway ends', frames ? textOf(frames) : '    no stack: it waits outside JavaScript')
    setTimeout(() => {
      note(trace)
      process.kill(process.pid, 'SIGKILL')
    }, 500)
    // Only the main thread can choose the status it ends with.
    if (frames) await stackOf('process.reallyExit(' + status + ')', () => note(trace))
  }

  function named() {
    const plugin = culprit([])
    return plugin ? { id: plugin.id } : {}
  }

  /** Whose file stands highest in the stack; else whom the marker names; else whom its file does, as in a setup. */
  function culprit(frames) {
    const owners = frames.flatMap((frame) => {
      const all = plugins.flatMap((plugin) => plugin.files.filter((place) => frame.file === place || frame.file.startsWith(place + '/')).map((place) => ({ plugin, length: place.length })))
      return all.length > 0 ? [all.reduce((a, b) => (b.length > a.length ? b : a)).plugin] : []
    })
    const foreign = owners.find((plugin) => plugin.foreign)
    if (foreign) return foreign
    const [most = 0, times = 0] = [...seen].sort(([, a], [, b]) => b - a)[0] || []
    // A plugin of the release does what others ask of it, as in writing their log; or it has just had its turn between many of theirs.
    if (owners.length > 0 && !(most < 0 && 2 * times > looks)) return owners[0]
    const number = owners.length > 0 ? most : Atomics.load(marker, 0) || most
    return plugins.find((plugin) => plugin.number === number) ?? (number < 0 ? traced() : undefined)
  }

  function traced() {
    try {
      const { id, place } = JSON.parse(fs.readFileSync(file, 'utf8'))
      return id === undefined ? undefined : { id, place, foreign: true, files: [] }
    } catch {
      return undefined
    }
  }

  /** Stops the main thread between two steps of its JavaScript, looks at its stack and lets it go on. Nothing if it is not in JavaScript. */
  function stackOf(expression, before) {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(undefined), 500)
      try {
        const { Session } = require('node:inspector')
        const session = new Session()
        // A frame names its script by number; which file that is has to be heard before.
        const files = new Map()
        session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, pathOf(params.url)))
        session.connectToMainThread()
        session.on('Debugger.paused', ({ params }) => {
          if (before) before()
          if (expression) session.post('Runtime.evaluate', { expression })
          clearTimeout(late)
          resolve(params.callFrames.map((frame) => ({ name: frame.functionName, file: files.get(frame.location.scriptId) || '', line: frame.location.lineNumber + 1, column: frame.location.columnNumber + 1 })).filter((frame) => frame.file !== ''))
          session.post('Debugger.resume', () => session.post('Debugger.disable', () => session.disconnect()))
        })
        session.post('Debugger.enable')
        session.post('Debugger.pause')
      } catch {
        resolve(undefined)
      }
    })
  }

  function pathOf(url) {
    try {
      return url.startsWith('file:') ? require('node:url').fileURLToPath(url) : url
    } catch {
      return url
    }
  }

  function placeOf(frame) { return (frame.name || 'a function') + ' (' + frame.file + ':' + frame.line + ')' }
  function textOf(frames) { return frames.slice(0, 30).map((frame) => '    at ' + (frame.name || '<anonymous>') + ' (' + frame.file + ':' + frame.line + ':' + frame.column + ')').join('\n') }
  function by(id) { return id === undefined ? '' : ' by plugin "' + id + '"' }

  function say(what, stack) {
    try {
      fs.writeSync(2, new Date().toISOString() + ' ERROR containment: ' + what + '\n' + stack + '\n')
    } catch {}
  }

  function note(trace) {
    if (file === undefined) return
    try {
      const handle = fs.openSync(file, 'r+')
      fs.writeSync(handle, JSON.stringify(trace).slice(0, 1000).padEnd(1024), 0)
      fs.closeSync(handle)
    } catch {}
  }
`
