/** What a plugin asks for, as it is agreed to and recorded, and what a new version asks for beyond that. Pure. */
import type { Manifest } from 'nexus-gateway/sdk'
import * as v from 'valibot'

const texts = v.array(v.string())
const scopes = v.record(v.string(), v.string())
export const Grant = v.strictObject({
  capabilities: texts,
  tier: v.picklist(['isolated', 'trusted']),
  /** Services. */
  requires: texts,
  /** With their scopes, as `routes`, which upgrades count among. */
  methods: scopes,
  taps: texts,
  routes: v.optional(scopes, {}),
  at: v.number(),
  by: v.string(),
})
export type Grant = v.InferOutput<typeof Grant>
export type Asked = Omit<Grant, 'at' | 'by'>

export function askedBy(manifest: Manifest, tier: Grant['tier']): Asked {
  return {
    capabilities: [...manifest.capabilities].sort(),
    tier,
    requires: [...new Set(Object.values(manifest.requires).map(({ service }) => service))].sort(),
    methods: { ...manifest.methods },
    taps: [...manifest.taps].sort(),
    routes: { ...manifest.routes, ...manifest.upgrades },
  }
}

/** Only what goes beyond `granted`; `undefined` if nothing does. */
export function moreThan(granted: Asked, asked: Asked): Asked | undefined {
  const more: Asked = {
    capabilities: asked.capabilities.filter((one) => !granted.capabilities.includes(one)),
    tier: asked.tier,
    requires: asked.requires.filter((one) => !granted.requires.includes(one)),
    methods: changed(granted.methods, asked.methods),
    taps: asked.taps.filter((one) => !granted.taps.includes(one)),
    routes: changed(granted.routes, asked.routes),
  }
  const wider = asked.tier === 'trusted' && granted.tier !== 'trusted'
  const some = [more.capabilities, more.requires, more.taps, Object.keys(more.methods), Object.keys(more.routes)].some((list) => list.length > 0)
  return wider || some ? more : undefined
}

const changed = (granted: Readonly<Record<string, string>>, asked: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(asked).filter(([name, scope]) => !Object.hasOwn(granted, name) || granted[name] !== scope))
