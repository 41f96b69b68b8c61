/** The service tokens that the store has, at the start. */
import * as v from 'valibot'
import type { Log } from 'nexus-gateway/sdk'
import type { Documents } from '../../store/contract.ts'
import { TokenRecord } from './record.ts'
import type { Table } from './table.ts'
import { TokenName } from './verbs.ts'

export const maxTokens = 1_000
/** Read at a time: each is a file that is open meanwhile. */
const atOnce = 32

/**
 * What cannot be read as a token does not hold, and the log tells of it; gives the names of these.
 * Rejects when the store cannot say what there is.
 */
export async function loadTokens(documents: Documents<TokenRecord>, table: Table, log: Log): Promise<Set<string>> {
  const names = (await documents.keys()).filter((name) => v.is(TokenName, name)).sort()
  const unfit = new Set(names.slice(maxTokens))
  if (unfit.size > 0) log.error('there are more service tokens than can hold; remove some with `nexus tokens revoke`', { limit: maxTokens, left: [...unfit] })
  for (let from = 0; from < Math.min(names.length, maxTokens); from += atOnce) {
    const some = names.slice(from, Math.min(from + atOnce, maxTokens))
    const records = await Promise.all(some.map((name) => read(documents, name)))
    for (const [i, name] of some.entries()) {
      const record = records[i]
      const reason = record instanceof Error ? record : record === undefined ? 'its record is not one' : table.set(name, record) ? undefined : 'another one has its digest'
      if (reason === undefined) continue
      unfit.add(name)
      log.error('a service token does not hold; remove it with `nexus tokens revoke`', { name, error: reason })
    }
  }
  return unfit
}

async function read(documents: Documents<TokenRecord>, name: string): Promise<TokenRecord | Error | undefined> {
  try {
    const parsed = v.safeParse(TokenRecord, (await documents.get(name))?.value)
    return parsed.success ? parsed.output : undefined
  } catch (error) {
    return error instanceof Error ? error : new Error('it cannot be read', { cause: error })
  }
}
