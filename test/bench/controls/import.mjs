// The control: what Node itself needs for the same files.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [dir, count] = [process.argv[2], Number(process.argv[3])]
const started = performance.now()
await Promise.all(Array.from({ length: count }, (_, i) => import(pathToFileURL(join(dir, `p${String(i).padStart(3, '0')}`, 'index.js')).href)))
console.log(JSON.stringify({ ms: performance.now() - started }))
