/** What the gateway shows of itself over TLS: a certificate of the operator's, or one that it makes. It follows either. */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { replaceFile } from '../config/atomic.ts'
import type { Log } from '../contract.ts'
import type { NexusError } from '../errors.ts'
import { privateDir } from '../paths.ts'
import { pinOf, selfSigned } from './certificate.ts'
import { gatewayFail } from './errors.ts'

/** Two files, or `generate`. */
export interface TlsSettings { readonly cert?: string; readonly key?: string; readonly generate?: boolean }
export interface TlsPlace {
  /** `<state>/tls`, where a generated pair is kept as `cert.pem` and `key.pem`. */
  readonly dir: string
  now(): number
  readonly log: Pick<Log, 'info' | 'warn'>
}
/** For `https.createServer` and `setSecureContext`. */
export interface TlsMaterial {
  /** PEM; the gateway's own first, then what it is signed by. */
  readonly cert: string
  readonly key: string
  readonly minVersion: 'TLSv1.2'
  /** For clients: `sha256/<base64>` of the certificate's key. */
  readonly pin: string
  /** Of the whole certificate: hex with colons. */
  readonly fingerprint256: string
}
interface Pair { readonly cert: string; readonly key: string }

const day = 86_400_000
/** The longest that every client accepts. */
const generatedDays = 825
const renewDays = 30
/** A client's clock may be behind. */
const earlyMs = 3_600_000

/** Throws NEXUS_START_TLS. */
export async function tlsMaterial(settings: TlsSettings, place: TlsPlace): Promise<TlsMaterial> {
  const files = filesOf(settings, place)
  if (settings.generate) await makeIfDue(files, place)
  const pair = { cert: await read(files, 'cert'), key: await read(files, 'key') }
  const shown = checked(files, pair, place.now())
  if (await isOpen(files.key)) place.log.warn('others than its owner can read the key for TLS', { file: files.key, fix: `chmod 600 ${files.key}` })
  return { ...pair, minVersion: 'TLSv1.2', pin: pinOf(shown), fingerprint256: shown.fingerprint256 }
}

/** Looks every 2 s for other files, and for a generated certificate near its end. What cannot be used is logged, and the old one stays. */
export function watchTls(settings: TlsSettings, place: TlsPlace, current: TlsMaterial, onChange: (material: TlsMaterial) => void, everyMs = 2_000): { close(): void } {
  const files = filesOf(settings, place)
  let [held, seen, open] = [current, '', true]
  let timer: NodeJS.Timeout | undefined

  async function look(): Promise<void> {
    // A renewal that fails is tried again each hour, not each time.
    const due = settings.generate && isDue(new X509Certificate(held.cert), place.now()) ? Math.floor(place.now() / 3_600_000) : ''
    const found = [await stampOf(files.cert), await stampOf(files.key), due].join()
    if (found !== seen) await load()
    seen = found
    if (open) wait()
  }
  async function load(): Promise<void> {
    try {
      const next = await tlsMaterial(settings, place)
      if (!open || (next.cert === held.cert && next.key === held.key)) return
      onChange(next)
      held = next
      place.log.info('the certificate for TLS was changed; the new one holds', { pin: next.pin })
    } catch (error) {
      if (open) place.log.warn('the certificate for TLS was changed to one that cannot be used; the old one holds', { error })
    }
  }
  const wait = (): void => { timer = setTimeout(() => void look(), everyMs).unref() }
  wait()
  return {
    close() {
      open = false
      clearTimeout(timer)
    },
  }
}

const refuse = (file: string, reason: string, fix: string): NexusError => gatewayFail('NEXUS_START_TLS', { file, reason, fix })
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error'

function filesOf({ cert, key, generate = false }: TlsSettings, { dir }: TlsPlace): Pair {
  if (generate && cert === undefined && key === undefined) return { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
  if (!generate && cert !== undefined && key !== undefined) return { cert, key }
  throw refuse('gateway.tls', 'it names neither a pair of files nor `generate` alone', 'give `cert` and `key`, or `generate: true`.')
}

async function read(files: Pair, name: keyof Pair): Promise<string> {
  return readFile(files[name], 'utf8').catch((error: unknown) => {
    throw refuse(files[name], `it cannot be read (${codeOf(error)})`, `check the path in \`${name}\`, and that this user may read the file.`)
  })
}

/** Nothing of what the files hold is repeated. */
function checked(files: Pair, { cert, key }: Pair, now: number): X509Certificate {
  const shown = made(() => new X509Certificate(cert))
  if (!shown) throw refuse(files.cert, 'it holds no certificate in PEM', 'name a file that begins with -----BEGIN CERTIFICATE-----.')
  const own = made(() => createPrivateKey(key))
  if (!own) throw refuse(files.key, 'it holds no private key in PEM, or one with a passphrase', 'name the key that was made with the certificate, decrypted.')
  if (!shown.checkPrivateKey(own)) throw refuse(files.key, `it is not the key of the certificate in ${files.cert}`, 'name two files that were made together.')
  if (endOf(shown) <= now) throw refuse(files.cert, `the certificate ended on ${new Date(endOf(shown)).toISOString().slice(0, 10)}`, 'have it renewed.')
  if (!made(() => createSecureContext({ cert, key, minVersion: 'TLSv1.2' }))) throw refuse(files.cert, 'it is too weak for TLS, or what follows the certificate is none', 'use a whole chain in PEM, with keys that are long enough.')
  return shown
}

/** A certificate near its end is renewed for the same key, so its pin stays. */
async function makeIfDue(files: Pair, { dir, now, log }: TlsPlace): Promise<void> {
  const [cert, key] = await Promise.all([files.cert, files.key].map((file) => readFile(file, 'utf8').catch(() => '')))
  const kept = made(() => createPrivateKey(key!))
  const own = kept?.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? kept : undefined
  const last = made(() => new X509Certificate(cert!))
  if (own && last?.checkPrivateKey(own) && !isDue(last, now())) return
  const used = own ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const names = new Set(['localhost', '127.0.0.1', '::1', ...(/^[a-z\d]([a-z\d.-]{0,61}[a-z\d])?$/i.test(hostname()) ? [hostname()] : [])])
  const from = now() - earlyMs
  try {
    await privateDir(dir)
    if (!own) await replaceFile(files.key, Buffer.from(used.export({ type: 'pkcs8', format: 'pem' })))
    await replaceFile(files.cert, Buffer.from(selfSigned({ key: used, names: [...names], from, until: from + generatedDays * day })))
  } catch (error) {
    throw refuse(dir, `no certificate can be kept there (${codeOf(error)})`, 'see that this user may write to the state directory.')
  }
  log.info(own ? 'renewed the certificate for TLS; its pin stays' : 'made a key and a certificate for TLS', { file: files.cert, pin: pinOf(new X509Certificate(await readFile(files.cert))) })
}

function made<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined // whoever asks says what is wrong
  }
}

const endOf = ({ validTo }: X509Certificate): number => Date.parse(validTo)
const isDue = (cert: X509Certificate, now: number): boolean => endOf(cert) - renewDays * day <= now

/** A file is another one when any of these is. */
const stampOf = (file: string): Promise<string> => stat(file).then(({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`, () => 'none')

/** A key of somebody else's that this user is given through its group is in order. */
async function isOpen(file: string): Promise<boolean> {
  if (!process.getuid) return false
  const { mode, uid } = await stat(file)
  return (mode & (uid === process.getuid() ? 0o077 : 0o007)) !== 0
}
