import { commands } from 'nexus-gateway/sdk'
import { authorCommands } from './author/cli.ts'
import { inspectCommands } from './inspect/cli.ts'
import { installCommands } from './install/cli.ts'

export default commands({ ...inspectCommands, ...installCommands, ...authorCommands })
