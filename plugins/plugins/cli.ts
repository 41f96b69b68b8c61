import { commands } from 'nexus-gateway/sdk'
import { inspectCommands } from './inspect/cli.ts'

export default commands({ ...inspectCommands })
