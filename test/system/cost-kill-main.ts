/** The processes of the race, made one plain file: `child STATE PORT`, `provider SEED`. */
import { child } from './cost-kill-child.ts'
import { provide } from './cost-kill-provider.ts'

const [role, first = '', second = ''] = process.argv.slice(2)
if (role === 'child') await child(first, Number(second))
else await provide(Number(first))
