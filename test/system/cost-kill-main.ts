/** The processes of the race, made one plain file: `child PORT`, `provider SEED`. */
import { child } from './cost-kill-child.ts'
import { provide } from './cost-kill-provider.ts'

const [role, number] = process.argv.slice(2)
if (role === 'child') await child(Number(number))
else await provide(Number(number))
