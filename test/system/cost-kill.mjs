// node test/system/cost-kill.mjs [TIMES] [SEED]
import { createJiti } from 'jiti'
import { fileURLToPath } from 'node:url'

const sdk = fileURLToPath(new URL('../../sdk/index.ts', import.meta.url))
const { killLedger } = await createJiti(import.meta.url, { alias: { 'nexus-gateway/sdk': sdk } }).import('./cost-kill.ts')
const [times = '1000', seed = '1'] = process.argv.slice(2)
const report = await killLedger({ times: Number(times), seed: Number(seed), tell: (line) => console.log(line) })
console.log(`${report.runs} runs of 200 calls on a budget worth ten, killed ${report.kills} times and ${report.atStart} times at the start: at most ${report.most} dispatched on a budget of ten; ${report.served} served, ${report.refused} refused; the books agreed ${report.checks} times, with up to ${report.orphaned} orphans, ${report.proven} of them settled by proof, and ${report.estimated} charges that nobody could count`)
