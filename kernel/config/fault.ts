/** What is wrong with the settings: one fault, where it stands, and how it is told to people. */
import { pathText, type KeyPath } from './path.ts'

/** Line and column count from one. */
export interface Place { readonly file: string; readonly line: number; readonly column: number }

export interface ConfigFault {
  /** Empty for a fault of the whole file. */
  readonly path: KeyPath
  /** What was expected, or why the key is refused; never what was found. */
  readonly what: string
  /** The key that was meant, where one is near. */
  readonly meant?: string
  /** The file it stands in, where that is known before the line is. */
  readonly file?: string
  readonly place?: Place
}

/** `/etc/nexus.json5:3:5: "gateway.prot" is not a known key; did you mean "port"?` */
export function faultText({ path, what, meant, file, place }: ConfigFault): string {
  const where = place ? `${place.file}:${place.line}:${place.column}: ` : file ? `${file}: ` : ''
  const key = path.length > 0 ? `"${pathText(path)}" ` : ''
  return `${where}${key}${what}${meant === undefined ? '' : `; did you mean "${meant}"?`}`
}
