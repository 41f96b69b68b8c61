/** The store as the kernel runs it: on the state directory, closed with the gateway, swapped serially. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import type { Kernel } from '../../kernel/index.ts'
import { Store, type StoreApi } from '../../plugins/store/contract.ts'
import store from '../../plugins/store/index.ts'
import { guard, kernelOf, paths, wanted } from '../kernel/harness.ts'
import { temporaryDir } from './store-harness.ts'

function stateful(dir: string): { kernel: Kernel; service(): StoreApi } {
  let given: StoreApi | undefined
  const user = definePlugin({ id: 'user', requires: { store: Store }, setup(ctx) { given = ctx.deps.store } })
  const kernel = kernelOf([store, user, guard], { paths: { ...paths, state: dir }, deadlines: { load: 5000, setup: 5000, drain: 1000, dispose: 1000 } })
  onTestFinished(async () => { await kernel.close() })
  return { kernel, service: () => given as StoreApi }
}

test('what a plugin stores is in the state directory, and there at the next start', async () => {
  const dir = await temporaryDir()
  const first = stateful(dir)
  await first.kernel.start()
  await first.service().log('ledger/day').append('{"usd":1}')
  void first.service().documents('a').put('k', 1)
  expect((await first.kernel.close()).errors).toEqual([])
  expect(await readFile(join(dir, 'ledger/day.jsonl'), 'utf8')).toBe('{"usd":1}\n')
  await expect(first.service().log('ledger/day').append('x')).rejects.toMatchObject({ code: 'NEXUS_STORE_CLOSED' })
  const second = stateful(dir)
  await second.kernel.start()
  expect((await second.service().documents('a').get('k'))?.value).toBe(1)
})

test('a reload hands the files over: nothing acknowledged is lost and the user of it is set up anew', async () => {
  const { kernel, service } = stateful(await temporaryDir())
  await kernel.start()
  const before = service()
  await before.log('l').append('one')
  await kernel.apply({ reload: ['store'] })
  expect(service()).not.toBe(before)
  expect(await service().log('l').append('two')).toEqual({ offset: 4, end: 8 })
})

test('state that cannot be used stops the start, since the store is required', async () => {
  const dir = await temporaryDir()
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'store.json'), '{"layout":99,"reserved":1}')
  const { kernel } = stateful(dir)
  await expect(kernel.start()).rejects.toMatchObject({ message: expect.stringContaining('newer release') as string })
})

test('it is required, safe and exclusive, with its errors in the manifest', async () => {
  const manifest = await wanted(store).source.manifest()
  expect(manifest).toMatchObject({ id: 'store', required: true, safe: true, exclusive: true, provides: ['store/1'] })
  expect(Object.keys(manifest.errors ?? {})).toContain('NEXUS_STORE_CONFLICT')
})
