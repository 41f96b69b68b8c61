/** What can go wrong with stored secrets. No text has a value, a key, or a name that somebody sent. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const bad = { wire: 'INVALID_REQUEST' } as const
const broken = { wire: 'UNAVAILABLE', status: 500 } as const

export const secretsErrors = {
  NEXUS_SECRETS_UNKNOWN: { ...bad, status: 404, exit: 66, text: 'there is no stored secret of that name', fix: 'See `nexus secrets list`, or store it with `nexus secrets set NAME`.' },
  NEXUS_SECRETS_VALUE: { ...bad, exit: 65, text: 'the value is empty, longer than {limit} bytes, or no text', fix: 'Give 1 to {limit} bytes of UTF-8 on standard input.' },
  NEXUS_SECRETS_FULL: { ...bad, status: 413, text: 'the store of secrets is full: it takes {names} names and {bytes} bytes', fix: 'Remove secrets that nobody uses.' },
  NEXUS_SECRETS_LABEL: { wire: 'FORBIDDEN', text: 'secrets are not changed on behalf of a {label}', fix: 'Let an operator do it: `nexus secrets set NAME`.' },
  NEXUS_SECRETS_BUSY: { wire: 'UNAVAILABLE', retryable: true, text: 'too many wait for the store of secrets', fix: 'Try again in a moment.' },
  NEXUS_SECRETS_KEY_FILE: { ...broken, exit: 77, text: 'the key file {file} cannot be used: {reason}', fix: 'Correct its owner and mode, or restore it from a backup.' },
  NEXUS_SECRETS_KEY_MISSING: { ...broken, exit: 66, text: 'there are secrets in {file}, and the key to them is not there', fix: 'Restore {key} from a backup, or unlock the keyring that has it. Without it, move {file} away and set the secrets anew.' },
  NEXUS_SECRETS_KEYRING: { ...broken, exit: 69, text: 'the keyring of this system cannot be used: {reason}', fix: 'Install @napi-rs/keyring where the gateway can import it and unlock the keyring, or set `secrets.key` to "file".' },
  NEXUS_SECRETS_DAMAGED: { ...broken, exit: 65, text: '{file} cannot be read as a store of secrets: {reason}', fix: 'Restore {file} and its key from one backup.' },
  NEXUS_SECRETS_READ: { ...broken, exit: 66, text: 'cannot read {file}: {reason}', fix: 'Check the disk and the rights of the state directory.' },
  NEXUS_SECRETS_WRITE: { wire: 'UNAVAILABLE', status: 507, exit: 73, retryable: true, text: 'cannot write {file}: {reason}', fix: 'Check that the disk has space and the state directory is writable. What was stored before is as it was.' },
  NEXUS_SECRETS_LIBRARY: { ...broken, exit: 69, text: 'the plugin "secrets" needs the library age-encryption, which is not installed', fix: 'Run `nexus plugins enable secrets`, which fetches it.' },
} as const satisfies ErrorTable

export const fail = failures(secretsErrors)

/** The system's own code, such as ENOSPC. */
export const errno = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error'
