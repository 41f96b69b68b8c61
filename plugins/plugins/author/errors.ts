import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const authorErrors = {
  NEXUS_PLUGINS_NAME: { exit: 2, text: 'a plugin cannot be called that: {reason}', fix: 'Choose a name such as "weather" or "nexus-weather".' },
  NEXUS_PLUGINS_EXISTS: { exit: 73, text: '{dir} is already there and has something in it', fix: 'Choose another folder with --dir; nothing was written.' },
  NEXUS_PLUGINS_FOLDER: { exit: 66, text: '{dir} holds no plugin package: {reason}', fix: 'Name a folder with a package.json that has "nexus": { "api": 1, "id": "…", "entry": "index.ts" }.' },
  NEXUS_PLUGINS_PACK: { exit: 70, text: 'npm could not pack {name}: {reason}', fix: 'Run `npm pack --dry-run` in the folder and mend what it says.' },
} as const satisfies ErrorTable

export const fail = failures(authorErrors)
