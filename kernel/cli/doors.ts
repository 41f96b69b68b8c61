/** Where `nexus start` lets people in: what the settings say and the flags overrule, also while it runs. */
import { dirname, join, resolve } from 'node:path'
import type { Rebind } from '../config/keeper.ts'
import type { GatewayConfig } from '../config/own.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { TlsMaterial, TlsPlace, TlsSettings } from '../gateway/tls.ts'
import type { Lock } from './lock.ts'
import type { Logger } from '../log.ts'
import type { Paths } from '../paths.ts'

export interface Where { readonly host: string; readonly port: number; readonly socketPath: string; readonly tls: TlsMaterial | undefined }
interface Flags { readonly bind: string | undefined; readonly port: number | undefined }

export interface Doors {
  /** Throws NEXUS_START_TLS. */
  where(settings: GatewayConfig): Promise<Where>
  /** From now on new settings move the port, and a changed certificate is shown to those who connect; connections stay. */
  follow(gateway: Gateway, lock: Lock, settings: GatewayConfig, now: Where): Rebind
  close(): void
}

export function createDoors(flags: Flags, paths: Paths, log: Logger): Doors {
  const place: TlsPlace = { dir: join(paths.state, 'tls'), now: Date.now, log: log.for('kernel') }
  let watch: { close(): void } | undefined

  /** Paths count from the file that has them. */
  function filesIn({ cert, key, ...rest }: TlsSettings): TlsSettings {
    const from = dirname(paths.config)
    return { ...rest, ...(cert !== undefined && { cert: resolve(from, cert) }), ...(key !== undefined && { key: resolve(from, key) }) }
  }

  async function where({ bind, port, tls }: GatewayConfig): Promise<Where> {
    const material = tls && await (await import('../gateway/tls.ts')).tlsMaterial(filesIn(tls), place)
    return { host: hostOf(flags.bind ?? bind), port: flags.port ?? port, socketPath: paths.socket, tls: material }
  }

  async function watchTls({ tls }: GatewayConfig, material: TlsMaterial | undefined, gateway: Gateway): Promise<void> {
    watch?.close()
    watch = tls && material && (await import('../gateway/tls.ts')).watchTls(filesIn(tls), place, material, gateway.show)
  }

  return {
    where,
    follow(gateway, lock, settings, first) {
      let now = first
      void watchTls(settings, first.tls, gateway)
      return async (changed) => {
        const next = await where(changed)
        if (next.host === now.host && next.port === now.port && next.tls?.cert === now.tls?.cert) return undefined
        const moved = await gateway.move(next)
        return {
          undo: moved.undo,
          async keep() {
            now = next
            await moved.keep()
            lock.publish({ host: next.host, port: moved.port })
            await watchTls(changed, next.tls, gateway)
          },
        }
      }
    },
    close: () => watch?.close(),
  }
}

const hostOf = (bind: string): string => (bind === 'loopback' ? '127.0.0.1' : bind === 'lan' ? '0.0.0.0' : bind)
