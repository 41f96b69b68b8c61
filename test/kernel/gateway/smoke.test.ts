import { expect, test } from 'vitest'
import { guest, house } from './support.ts'
test('smoke', async () => {
  await using at = await house()
  const client = await guest(at)
  console.log(JSON.stringify(client.hello))
  console.log(await client.call('desk.echo', { data: 1 }))
  console.log(await client.call('nope', { data: 1 }))
  at.desk.emit('news', { a: 1 })
  await client.find((f) => f.event === 'news')
  console.log(client.texts.at(-1))
  for (const path of ['/rpc', '/open', '/desk/item/7', '/nope', '/desk/nope', '//', '/desk/item/7?token=x']) {
    const res = await fetch(at.url + path, { headers: { authorization: 'Bearer reader' } })
    console.log(path, res.status, await res.text(), Object.fromEntries(res.headers))
  }
  const res = await fetch(at.url + '/rpc', { method: 'POST', body: '{"method":"desk.echo","params":{"data":4}}', headers: { authorization: 'Bearer reader' } })
  console.log(res.status, await res.text())
  await at.gateway.close()
  console.log(await client.closed, client.texts.at(-1))
  expect(1).toBe(1)
})
