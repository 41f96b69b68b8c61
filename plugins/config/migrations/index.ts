/** Settings of other products and of before the first release, oldest first: each step of the chain makes the next one's input. */
import type { Migration } from 'nexus-gateway/sdk'
import { nexusPre } from './nexus-pre.ts'
import { openclaw } from './openclaw.ts'
import { openclawOlder } from './openclaw-older.ts'

export const migrations: readonly Migration[] = [nexusPre, openclawOlder, openclaw]
