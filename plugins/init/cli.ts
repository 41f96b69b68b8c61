import { command, commands } from 'nexus-gateway/sdk'

export default commands({
  init: command({
    summary: 'Find a model, try it, and write the settings: from nothing to a first answer',
    options: {
      provider: { summary: 'openai, anthropic, google, openrouter, ollama, lmstudio, vllm, openai-compatible or demo', value: 'ID' },
      url: { summary: 'Where the server is, up to and with the version', value: 'URL' },
      model: { summary: 'Which of its models', value: 'MODEL' },
      'key-stdin': { summary: 'Read the key from standard input' },
      'key-env': { summary: 'The key is in this variable, also whenever the gateway runs', value: 'NAME' },
      yes: { summary: 'Ask nothing, and change settings that are there already', short: 'y' },
      'no-test': { summary: 'Do not try whether the server and the model answer' },
      start: { summary: 'Start the gateway afterwards' },
    },
    examples: [
      'nexus init',
      'nexus init --provider ollama --model llama3.2 --yes',
      'nexus init --provider openai --model gpt-5.2 --key-stdin --yes < key.txt',
      'nexus init --provider openai-compatible --url http://127.0.0.1:8000/v1 --key-env MY_KEY --yes --json',
    ],
    offline: true,
    async run(io) {
      const { init } = await import('./run.ts')
      try {
        return await init(io)
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'NEXUS_INIT_CANCELLED') throw error
        io.stderr.write('Nothing was changed.\n')
        return 130
      }
    },
  }),
})
