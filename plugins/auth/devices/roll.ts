/** The paired devices: in the store, and in memory as the store has them. */
import * as v from 'valibot'
import type { Log } from 'nexus-gateway/sdk'
import type { StoreApi } from '../../store/contract.ts'
import { DeviceId, DeviceRecord } from './record.ts'

export const maxDevices = 1_000
/** Read at a time: each is a file that is open meanwhile. */
const atOnce = 32

export interface Roll {
  readonly size: number
  get(deviceId: string): DeviceRecord | undefined
  all(): DeviceRecord[]
  /** There is something under this id that cannot be read, so it does not hold. */
  isUnfit(deviceId: string): boolean
  /** On disk and then here; `kept` runs in the tick in which it holds. Rejects with the store's errors, and nothing has changed. */
  put(record: DeviceRecord, kept?: () => void): Promise<void>
  delete(deviceId: string, gone?: () => void): Promise<void>
}

/** Rejects when the store cannot say what there is. */
export async function openRoll(store: StoreApi, log: Log): Promise<Roll> {
  const documents = store.documents<DeviceRecord>('auth/devices')
  const table = new Map<string, DeviceRecord>()
  const ids = (await documents.keys()).filter((id) => v.is(DeviceId, id)).sort()
  const unfit = new Set(ids.slice(maxDevices))
  if (unfit.size > 0) log.error('there are more paired devices than can hold; remove some with `nexus devices remove`', { limit: maxDevices, left: unfit.size })

  async function read(deviceId: string): Promise<void> {
    try {
      const parsed = v.safeParse(DeviceRecord, (await documents.get(deviceId))?.value)
      if (!parsed.success || parsed.output.deviceId !== deviceId) throw new Error('its record is not one')
      table.set(deviceId, parsed.output)
    } catch (error) {
      unfit.add(deviceId)
      log.error('a paired device does not hold; remove it with `nexus devices remove`', { deviceId, error })
    }
  }
  for (let from = 0; from < Math.min(ids.length, maxDevices); from += atOnce) await Promise.all(ids.slice(from, Math.min(from + atOnce, maxDevices)).map(read))

  return {
    get size() { return table.size },
    get: (deviceId) => table.get(deviceId),
    all: () => [...table.values()],
    isUnfit: (deviceId) => unfit.has(deviceId),
    async put(record, kept) {
      await documents.put(record.deviceId, record)
      unfit.delete(record.deviceId)
      table.set(record.deviceId, record)
      kept?.()
    },
    async delete(deviceId, gone) {
      await documents.delete(deviceId)
      unfit.delete(deviceId)
      table.delete(deviceId)
      gone?.()
    },
  }
}
