import { describe, expect, test } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { Fetch, outboundAfter, outboundBefore } from '../../plugins/outbound/contract.ts'
import type { OutboundOutcome } from '../../plugins/outbound/contract.ts'
import outbound from '../../plugins/outbound/index.ts'
import { cause, rawSite, site } from './outbound-harness.ts'

describe('the plugin outbound', () => {
  test('gives a fetch that asks nobody inside unless the settings say so', async () => {
    const there = await site((_, response) => void response.end('inside'))
    const url = `http://127.0.0.1:${there.port}/?token=s3cret`
    await using k = await testKernel({ plugins: [outbound], clock: 'real' })
    await expect((await k.service(Fetch)).fetch(url, { cause })).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_BLOCKED', status: 403 })
    await expect((await k.service(Fetch)).fetch(`http://localhost:${there.port}/`, { cause })).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_BLOCKED' })
    expect(there.connections()).toBe(0)
    expect(k.logs.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { code: 'NEXUS_OUTBOUND_BLOCKED', origin: `http://127.0.0.1:${there.port}`, trace: 'trace-1', by: 'tool' } }, {}])
    expect(JSON.stringify(k.logs)).not.toContain('s3cret')

    await k.configure({ outbound: { allow: [`127.0.0.0/8:${there.port}`, `localhost:${there.port}`] } })
    expect(await (await (await k.service(Fetch)).fetch(url, { cause })).text()).toBe('inside')
    expect(await (await (await k.service(Fetch)).fetch(`http://localhost:${there.port}/`, { cause })).text()).toBe('inside')
  })

  test('is refused with rules that are none', async () => {
    for (const list of ['allow', 'deny']) {
      await expect(testKernel({ plugins: [outbound], config: { outbound: { [list]: ['a.example', '10.0.0.1/8'] } } })).rejects.toMatchObject({ code: expect.stringMatching(/NEXUS_OUTBOUND_RULE|NEXUS_PLUGIN_/), message: expect.stringContaining('entry 2') })
    }
  })

  test('asks policy and keeps a record, both of other plugins', async () => {
    const there = await site((_, response) => void response.end('x'))
    const record: OutboundOutcome[] = []
    const policy = definePlugin({
      id: 'policy',
      setup(ctx) {
        ctx.tap(outboundBefore, ({ method }) => { if (method === 'DELETE') throw new Error('no') })
        ctx.tap(outboundAfter, (outcome) => void record.push(outcome))
      },
    })
    await using k = await testKernel({ plugins: [outbound, policy], clock: 'real', config: { outbound: { allow: [`127.0.0.1:${there.port}`] } } })
    const { fetch } = await k.service(Fetch)
    const url = `http://127.0.0.1:${there.port}/`
    await (await fetch(url, { cause })).text()
    await expect(fetch(url, { cause, method: 'DELETE' })).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_REFUSED' })
    expect(record).toMatchObject([{ ok: true, method: 'GET', status: 200, bytes: 1, cause }, { ok: false, method: 'DELETE', code: 'NEXUS_OUTBOUND_REFUSED' }])
    expect(there.asked).toHaveLength(1)
  })

  test('ends what is under way when it is unloaded', async () => {
    const there = await rawSite((socket) => void socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\nx')))
    await using k = await testKernel({ plugins: [outbound], clock: 'real', config: { outbound: { allow: [`127.0.0.1:${there.port}`] } } })
    const { fetch } = await k.service(Fetch)
    const text = (await fetch(`http://127.0.0.1:${there.port}/`, { cause })).text()
    const failed = expect(text).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_ABORTED' })
    await k.unload('outbound')
    await failed
    await expect(fetch(`http://127.0.0.1:${there.port}/`, { cause })).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_ABORTED' })
  })
})
