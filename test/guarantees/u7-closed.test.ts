/** U7: registering on a scope that has been closed throws, and names the plugin; what came too late is disposed of at once. */
import { expect, test } from 'vitest'
import { hook, NexusError } from 'nexus-gateway/sdk'
import type { Life } from './life.ts'
import { holds, type World } from './world.ts'

function lateFaults({ ctx, id }: Life): string[] {
  let disposed = 0
  const attempts: Record<string, () => void> = {
    defer: () => ctx.scope.defer(() => { disposed++ }),
    use: () => void ctx.scope.use({ [Symbol.dispose]() { disposed++ } }),
    interval: () => ctx.scope.interval(() => {}, 10),
    timeout: () => ctx.scope.timeout(() => {}, 10),
    spawn: () => ctx.scope.spawn('late', () => {}),
    tap: () => ctx.tap(hook.series('any.thing'), () => {}),
  }
  const faults = Object.entries(attempts).flatMap(([what, attempt]) => {
    try {
      attempt()
      return [`${id}: ${what} was taken`]
    } catch (error) {
      return error instanceof NexusError && error.code === 'NEXUS_SCOPE_CLOSED' && error.data['plugin'] === id ? [] : [`${id}: ${what} threw ${String(error)}`]
    }
  })
  return disposed === 2 ? faults : [...faults, `${id}: ${disposed} of 2 late resources were disposed of`]
}

async function lateOnes(world: World, lives: readonly Life[]): Promise<void> {
  const heard: string[] = []
  const off = world.kernel.subscribe(({ name }) => heard.push(name))
  expect(lives.flatMap(lateFaults)).toEqual([])
  for (const life of lives) life.ctx.emit(`${life.id}.happened` as never, 1 as never)
  off()
  expect(heard).toEqual([])
  expect(world.clock.pending()).toEqual([])
}

test('a closed scope takes nothing', async () => {
  await holds({
    async quiet(world) {
      const serving = new Set(world.running())
      const gone = world.lives.filter((life) => !serving.has(life) && life.aborted !== undefined && life.disposers.every(({ started }) => started.length === 1))
      expect(gone.flatMap(lateFaults)).toEqual([])
    },
    closed: (world) => lateOnes(world, world.lives),
  }, { seed: 7 })
})
