/** What is asked and told on a terminal. The library for it is loaded only there. Every question rejects with NEXUS_INIT_CANCELLED when it is called off. */
import type { CommandIo } from 'nexus-gateway/sdk'
import { plain } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'

export interface Offer { readonly value: string; readonly label: string; readonly hint?: string }
export interface Ui {
  choose(message: string, offers: readonly Offer[], first?: string): Promise<string>
  text(message: string, hint: string, fault: (text: string) => string | undefined): Promise<string>
  secret(message: string, fault: (text: string) => string | undefined): Promise<string>
  confirm(message: string, first: boolean): Promise<boolean>
  /** Shows that it is at work, with what it says meanwhile. */
  busy<T>(message: string, work: (say: (text: string) => void) => Promise<T>): Promise<T>
  tell(title: string, lines: readonly string[]): void
  warn(text: string): void
  end(text: string): void
}

/** More than that are searched by typing. */
const mostListed = 12

export async function terminalUi(io: CommandIo, title: string): Promise<Ui> {
  const clack = await import('@clack/prompts')
  const common = { input: io.stdin, output: io.stderr, signal: io.signal }
  const given = <T>(answer: T | symbol): T => {
    if (typeof answer === 'symbol') throw fail('NEXUS_INIT_CANCELLED')
    return answer
  }
  const validate = (fault: (text: string) => string | undefined) => (text: string | undefined): string | undefined => fault(text ?? '')
  clack.intro(title, common)
  return {
    async choose(message, offers, first) {
      const options = offers.map(({ value, label, hint }) => ({ value, label: plain(label), ...(hint !== undefined && { hint: plain(hint) }) }))
      const ask = { ...common, message, options, ...(first !== undefined && { initialValue: first }), maxItems: mostListed }
      return given<string>(offers.length > mostListed ? await clack.autocomplete({ ...ask, placeholder: 'type a part of its name' }) : await clack.select(ask))
    },
    text: async (message, hint, fault) => given<string>(await clack.text({ ...common, message, placeholder: hint, validate: validate(fault) })).trim(),
    secret: async (message, fault) => given<string>(await clack.password({ ...common, message, validate: validate((text) => fault(text.trim())) })).trim(),
    confirm: async (message, first) => given<boolean>(await clack.confirm({ ...common, message, initialValue: first })),
    async busy(message, work) {
      // Not the library's spinner: it takes the keys, and ends the process on a Ctrl-C, whatever is half done.
      const say = (text: string): void => clack.log.step(`${text} …`, common)
      say(message)
      return work(say)
    },
    tell: (about, lines) => clack.note(lines.map((line) => plain(line)).join('\n'), about, { ...common, format: (line) => line }),
    warn: (text) => clack.log.warn(text, common),
    end: (text) => clack.outro(text, common),
  }
}

/** Where nobody can be asked: progress on standard error, and nothing under `--json`. */
export function quietUi({ json, stderr }: CommandIo): Pick<Ui, 'busy' | 'warn'> {
  const say = (text: string): void => { if (!json) stderr.write(`${text} …\n`) }
  return {
    busy(message, work) {
      say(message)
      return work(say)
    },
    warn: (text) => { if (!json) stderr.write(`${text}\n`) },
  }
}
