import { failures, type ErrorTable } from 'nexus-gateway/sdk'

const usage = { exit: 2 } as const
const kept = 'Nothing was changed.'

export const initErrors = {
  NEXUS_INIT_TERMINAL: { ...usage, text: 'nobody is there to be asked which provider is meant', fix: 'Run it on a terminal, or say all of it: nexus init --provider openai-compatible --url URL --model MODEL --key-stdin --yes' },
  NEXUS_INIT_PROVIDER: { ...usage, text: 'there is no such provider', fix: '--provider takes {known}.' },
  NEXUS_INIT_URL: { ...usage, text: 'the address of the server is missing, or is none that can be used', fix: 'Give it up to and with the version, without a password in it: --url http://127.0.0.1:8000/v1' },
  NEXUS_INIT_MODEL: { ...usage, text: 'which of its {count} models shall answer is not known', fix: 'Name one with --model, or run `nexus init` on a terminal and choose.' },
  NEXUS_INIT_NO_MODEL: { exit: 1, text: '{place} lists {count} models, and not the one that was named', fix: `Look at its name; without --model the list is shown on a terminal. ${kept}` },
  NEXUS_INIT_NO_KEY: { ...usage, text: '{title} wants a key', fix: 'Pipe it in with --key-stdin, or name the variable that has it with --key-env NAME. {page}' },
  NEXUS_INIT_KEY_VALUE: { ...usage, text: 'that is no key: it is empty, or has more than one line', fix: `Pipe in the key and nothing else: nexus init --key-stdin < key.txt. ${kept}` },
  NEXUS_INIT_KEY_ENV: { ...usage, text: 'the variable that --key-env names is not set here, or its name is none', fix: `Set it for this command and for the gateway, or use --key-stdin. ${kept}` },
  NEXUS_INIT_KEY_TWICE: { ...usage, text: '--key-stdin and --key-env exclude each other', fix: 'Leave one of them out.' },
  NEXUS_INIT_WRONG_KEY: { exit: 77, text: '{place} does not take the key (HTTP {status})', fix: `Look whether all of it was copied, and whether it is for this server. {page}${kept}` },
  NEXUS_INIT_UNREACHABLE: { exit: 69, text: '{place} cannot be reached: {why}', fix: `{hint} ${kept}` },
  NEXUS_INIT_ANSWER: { exit: 69, text: '{place} did not list its models: {why}', fix: `Look at the address; it ends with the version, such as /v1. If the server has no such list, name the model and add --no-test. ${kept}` },
  NEXUS_INIT_PROBE: { exit: 69, text: 'the model does not answer: {reason}', fix: '{fix} The settings are as they were.' },
  NEXUS_INIT_BROKEN: { exit: 78, text: 'the settings in {file} have faults, so that nothing can be added to them', fix: 'Mend them first: `nexus config validate` shows where.' },
  NEXUS_INIT_CONSENT: { ...usage, text: 'nobody has agreed to a change of settings that are there already', fix: `Run it on a terminal to be asked, or add --yes. ${kept}` },
  NEXUS_INIT_CANCELLED: { exit: 130, text: 'it was called off', fix: kept },
  NEXUS_INIT_KEPT: { exit: 73, text: 'the key cannot be kept in {place} ({why})', fix: `Look at the room and the modes there, or use --key-env NAME. ${kept}` },
} as const satisfies ErrorTable

export const fail = failures(initErrors)
