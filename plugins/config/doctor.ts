/** `config.doctor`: everybody's checks and its own, and the repairs that they bring. */
import { access, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { faultText, pathText, type KeyPath } from 'nexus-gateway/sdk'
import type { Diagnosis, DoctorFinding } from './contract.ts'
import { fileFindings } from './doctor-files.ts'
import { accepts, type Patient } from './patient.ts'
import { isTable, leaves } from './tree.ts'

type Look = () => Promise<readonly DoctorFinding[]>

const order = ['error', 'warning', 'note'] as const

/** With `fix`, looks again after the repairs: what is still found is what is left. */
export async function diagnose(look: Look, fix: boolean): Promise<Diagnosis> {
  const found = await look()
  const repaired: string[] = []
  const failed: { what: string; reason: string }[] = []
  for (const { what, repair } of fix ? found : []) {
    if (!repair) continue
    try {
      await repair()
      repaired.push(what)
    } catch (error) {
      failed.push({ what, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  const left = repaired.length > 0 ? await look() : found
  return {
    ok: left.every(({ level }) => level !== 'error'),
    findings: [...left].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level)).map(({ id, level, what, fix: advice, repair }) => ({ id, level, what, fix: advice, repairable: repair !== undefined })),
    repaired, failed,
  }
}

export async function ownFindings(patient: Patient): Promise<DoctorFinding[]> {
  const found = await Promise.all([settingsFindings(patient), referenceFindings(patient), portFindings(patient), fileFindings(patient)])
  return found.flat()
}

async function settingsFindings({ control }: Patient): Promise<DoctorFinding[]> {
  const { file, faults, notes } = await control.check()
  const { mode, reasons } = control.mode()
  return [
    ...(mode === 'normal' ? [] : [{ id: 'config.mode', level: 'warning' as const, what: `the gateway runs in ${mode} mode: ${reasons.join('; ')}`, fix: 'Correct what is named; see `nexus status`.' }]),
    ...faults.map((fault): DoctorFinding => ({ id: 'config.fault', level: 'error', what: faultText(fault), fix: 'Correct it with `nexus config edit`.' })),
    ...notes.map((note): DoctorFinding => ({ id: 'config.note', level: 'warning', what: note, fix: `Look at ${file}.` })),
  ]
}

/** References to secrets whose source is not there. Commands are not run, and the store answers for itself. */
async function referenceFindings({ control, env, paths }: Patient): Promise<DoctorFinding[]> {
  const { merged, file } = await control.check()
  const references = leaves(merged).flatMap(({ path, value }) => (path.at(-1) === '$secret' && typeof value === 'string' ? [{ path: path.slice(0, -1), source: value }] : []))
  const block = isTable(merged['env']) ? merged['env'] : {}
  const dotenv = await readFile(join(paths.state, '.env'), 'utf8').catch(() => '' /* most have none */)
  const isSet = (name: string): boolean => Boolean(env[name]) || Boolean(block[name]) || new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=\\s*\\S`, 'm').test(dotenv)
  const found = await Promise.all(references.map(async ({ path, source }): Promise<DoctorFinding[]> => {
    const [, kind, name = ''] = /^(\w+):(.*)$/s.exec(source) ?? []
    if (kind === 'env' && /^\w+$/.test(name) && !isSet(name)) return [broken(path, `the variable ${name} is not set`, `Set ${name} where the gateway starts, or in ${join(paths.state, '.env')}.`)]
    return kind === 'file' ? secretFile(path, resolve(dirname(file), name.replace(/^~(?=\/)/, homedir()))) : []
  }))
  return found.flat()
}

const broken = (path: KeyPath, why: string, fix: string): DoctorFinding => ({ id: 'secret.missing', level: 'error', what: `"${pathText(path)}" refers to a secret that is not there: ${why}`, fix })

async function secretFile(path: KeyPath, file: string): Promise<DoctorFinding[]> {
  try {
    await access(file)
    const { mode } = await stat(file)
    if ((mode & 0o077) === 0 || process.platform === 'win32') return []
    return [{ id: 'secret.permissions', level: 'warning', what: `${file}, which holds the secret "${pathText(path)}", can be read by others`, fix: `chmod 600 ${file}` }]
  } catch (error) {
    return [broken(path, `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, 'Put the secret there, or name another place.')]
  }
}

/** A gateway that runs has to be reached at its port; without one the port has to be free. */
async function portFindings({ control, paths }: Patient): Promise<DoctorFinding[]> {
  const gateway = control.current().resolved['gateway']
  const { port, bind } = (isTable(gateway) ? gateway : {}) as { port?: unknown; bind?: unknown }
  if (typeof port !== 'number' || port === 0) return []
  const host = bind === 'loopback' || bind === 'lan' || typeof bind !== 'string' ? '127.0.0.1' : bind
  const [runs, answers] = await Promise.all([accepts({ path: paths.socket }), accepts({ host, port })])
  if (runs && !answers) return [{ id: 'gateway.port', level: 'error', what: `the gateway runs and nothing answers at ${host}:${port}`, fix: 'Restart it; if it was started with --port or --bind, say the same in the settings.' }]
  if (!runs && answers) return [{ id: 'gateway.port', level: 'error', what: `another program has ${host}:${port}, where this gateway would listen`, fix: 'Stop it, or take another port: nexus config set gateway.port N.' }]
  return []
}
