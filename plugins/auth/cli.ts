import { commands } from 'nexus-gateway/sdk'
import { deviceCommands } from './devices/cli.ts'
import { passwordCommands } from './password/cli.ts'
import { tokenCommands } from './tokens/cli.ts'

export default commands({ ...tokenCommands, ...deviceCommands, ...passwordCommands })
